//! Tokens of programs: made and ended.

use data_encoding::BASE64URL_NOPAD;
use ward_access::{Role, may_grant};
use ward_kernel::time::DAY;
use ward_store::office;
use ward_store::tokens::{self, Token};

use super::{Why, checked};
use crate::desk::Desk;
use crate::refused::{Refused, not_found};
use crate::ui::Errors;
use crate::who::Who;

/// Tokens end after at most so many days.
pub(crate) const DAYS_MAX: i64 = 366;
/// The longest name, in characters.
pub(crate) const NAME_MAX: usize = 80;

/// A token that somebody wants.
pub(crate) struct Wanted<'a> {
    /// What it is for.
    pub(crate) name: &'a str,
    /// What it may do; `None` when that was not understood.
    pub(crate) role: Option<Role>,
    /// The one jurisdiction that it reaches.
    pub(crate) jurisdiction: Option<&'a str>,
    /// How long it is good.
    pub(crate) days: i64,
}

/// The roles that somebody can give a token: those that see or send something.
pub(crate) fn roles_for(who: &Who) -> Vec<Role> {
    let Some(actor) = &who.actor else { return Vec::new() };
    let grants = |role: &Role| may_grant(actor.role, *role) && *role != Role::Partner;
    Role::ALL.into_iter().filter(grants).collect()
}

/// Makes a token; what is kept of it, and its secret, which is shown once.
///
/// # Errors
/// What is wrong with what was wanted.
pub(crate) async fn make(
    desk: &Desk,
    who: &Who,
    wanted: Wanted<'_>,
) -> Result<(Token, String), Why> {
    let mut tx = desk.store.begin().await?;
    let known = match wanted.jurisdiction {
        Some(id) => office::jurisdiction(tx.link(), id).await?.is_some(),
        None => true,
    };
    let role = check(who, &wanted, known)?;
    let Wanted { name, jurisdiction, days, .. } = wanted;
    let secret: [u8; 32] = desk.keys.random()?;
    let now = desk.now();
    let token = Token {
        id: format!("t-{}", data_encoding::HEXLOWER.encode(&desk.keys.random::<8>()?)),
        hash: desk.keys.kept(&secret).to_vec(),
        name: name.to_owned(),
        role,
        jurisdiction: jurisdiction.map(str::to_owned),
        made_by: who.id().to_owned(),
        created: now,
        expires: now.plus(days.saturating_mul(DAY)),
        used: None,
        ended: None,
    };
    let place = jurisdiction.unwrap_or("the whole state");
    let detail = format!("\"{name}\", {role}, {place}, {days} days");
    tokens::add(tx.link(), &token).await?;
    tx.commit(who.did(now, "token.make", &token.id, detail)).await?;
    Ok((token, format!("ward_{}", BASE64URL_NOPAD.encode(&secret))))
}

fn check(who: &Who, wanted: &Wanted<'_>, known: bool) -> Result<Role, Why> {
    let mut errors = Errors::new();
    let name = wanted.name;
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        errors = errors.add("name", "Say what it is for, in at most 80 characters.");
    }
    if !(1..=DAYS_MAX).contains(&wanted.days) {
        errors = errors.add("days", "Choose 1 to 366 days.");
    }
    let role = wanted.role.filter(|role| roles_for(who).contains(role));
    if !known {
        errors = errors.add("jurisdiction", "There is no such jurisdiction.");
    } else if wanted.jurisdiction.is_none() && role.is_some_and(Role::is_local) {
        errors = errors.add("jurisdiction", "A local role belongs to one jurisdiction.");
    }
    let Some(role) = role else {
        return Err(Why::Wrong(errors.add("role", "Choose what it may do.")));
    };
    checked(errors).map(|()| role)
}

/// Ends a token; once is enough.
///
/// # Errors
/// When there is none.
pub(crate) async fn end(desk: &Desk, who: &Who, id: &str) -> Result<(), Refused> {
    let mut tx = desk.store.begin().await?;
    let all = tokens::list(tx.link()).await?;
    let token = all.iter().find(|token| token.id == id).ok_or_else(not_found)?;
    if tokens::end(tx.link(), id, desk.now()).await? {
        let detail = format!("\"{}\"", token.name);
        tx.commit(who.did(desk.now(), "token.end", id, detail)).await?;
    }
    Ok(())
}
