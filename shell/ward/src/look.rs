//! What the terminal can show.

use std::env;
use std::io::{self, IsTerminal as _};

use crate::cli::{Color, Watch};
use crate::page::terminal::Look;

/// The look that the options and the environment ask for.
#[must_use]
pub fn of(options: &Watch) -> Look {
    let terminal = io::stdout().is_terminal();
    let colour = match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            terminal && paints(env_text("NO_COLOR").as_deref(), env_text("TERM").as_deref())
        }
    };
    let wide = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let columns = || env_text("COLUMNS").and_then(|text| text.parse().ok());
    let found = options.width.or_else(|| if terminal { wide() } else { None }).or_else(columns);
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(env_text);
    Look { width: found.unwrap_or(80), colour, unicode: shows_unicode(locale.as_deref()) }
}

/// A variable of the environment that is set and not empty.
fn env_text(name: &str) -> Option<String> {
    env::var_os(name).map(|text| text.to_string_lossy().into_owned()).filter(|t| !t.is_empty())
}

/// <https://no-color.org>: set to anything means no colours.
fn paints(no_color: Option<&str>, term: Option<&str>) -> bool {
    no_color.is_none() && term != Some("dumb")
}

/// A locale that says something else than UTF-8 is believed; without any (containers) today's
/// terminals are.
fn shows_unicode(locale: Option<&str>) -> bool {
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believes_the_environment() {
        assert!(shows_unicode(None) && shows_unicode(Some("en_US.UTF-8")));
        assert!(!shows_unicode(Some("C")) && !shows_unicode(Some("de_DE.ISO-8859-1")));
        assert!(shows_unicode(Some("C.utf8")));
        assert!(paints(None, Some("xterm")) && !paints(Some("1"), None));
        assert!(!paints(None, Some("dumb")));
    }
}
