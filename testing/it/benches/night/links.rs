//! Where one gets by the links of a page, and by what leads on.

/// Addresses that are no pages to look at.
const NONE: [&str; 4] = ["/assets", "/api", "/static", "/audit/export"];
/// Where those are led who are not, or not wholly, signed in: nobody of the night is.
const OUTSIDE: [&str; 3] = ["/sign-in", "/second-factor", "/account/factors"];
/// Where those are led who have to confirm by a second factor what they want to see.
const CONFIRM: &str = "/confirm";

/// The links of a page that lead to pages of the desk, without what signs out or is no page.
pub(crate) fn links_in(page: &str) -> impl Iterator<Item = String> {
    let links = page.split("<a ").skip(1).filter_map(|rest| {
        let rest = rest.split_once("href=\"")?.1;
        Some(rest.split_once('"')?.0.replace("&amp;", "&"))
    });
    links.filter(|path| is_page(path))
}

/// Where an answer that leads on takes somebody who walks: to a page of the walk, and home instead of
/// confirming themselves; `None` when it must not lead there.
pub(crate) fn led(to: Option<&str>) -> Option<String> {
    let to = to?.split('#').next().filter(|to| is_page(to))?;
    let path = to.split('?').next().unwrap_or(to);
    if OUTSIDE.contains(&path) {
        return None;
    }
    Some(if path == CONFIRM { "/" } else { to }.to_owned())
}

/// A page's kind: its address without what names one thing of many.
pub(crate) fn kind_of(path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let is_id = |part: &str| part.bytes().any(|byte| byte.is_ascii_digit());
    let parts = path.split('/').map(|part| if is_id(part) { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn is_page(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('#')
        && !NONE.iter().any(|no| path.starts_with(no))
}
