//! Who asks: a person with a session, a service with a token, or nobody yet.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use ward_access::{Act, Actor, Extent, Reach, Scope, Stage};
use ward_kernel::Time;
use ward_store::Audit;
use ward_store::audit::Entry;
use ward_store::people::Person;
use ward_store::sessions::Session;

/// Who asks, as the guard found out; pages take it as an argument.
#[derive(Clone, Debug)]
pub struct Who {
    /// The person, once fully signed in, or the service; whoever is still on the way in is none.
    pub actor: Option<Actor>,
    /// The owner of the session, however far they have come.
    pub person: Option<Person>,
    /// The session, when it is a person.
    pub session: Option<Session>,
    /// The peer's address.
    pub address: IpAddr,
}

impl Default for Who {
    fn default() -> Self {
        let address = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self { actor: None, person: None, session: None, address }
    }
}

impl Who {
    /// Nobody yet, at an address.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        Self { address, ..Self::default() }
    }

    /// The owner of a session, at the stage that it has reached.
    #[must_use]
    pub fn with_session(person: Person, session: Session) -> Self {
        let actor = (session.stage == Stage::Full).then(|| actor_of(&person));
        Self { actor, person: Some(person), session: Some(session), ..Self::default() }
    }

    /// Somebody who is about to have a session, for the audit of how they got it.
    #[must_use]
    pub fn about_to_be(&self, person: &Person) -> Self {
        Self { person: Some(person.clone()), ..Self::at(self.address) }
    }

    /// How far they have come in signing in; `None` for nobody and for services.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        self.session.as_ref().map(|session| session.stage)
    }

    /// The times that their session lives by.
    #[must_use]
    pub fn times(&self) -> Option<ward_access::Session> {
        self.session.as_ref().map(Session::times)
    }

    /// What they may reach by this act. Somebody who is still enrolling a second factor reaches
    /// their own account, and whoever has shown a password alone reaches nothing.
    #[must_use]
    pub fn extent(&self, act: Act) -> Extent<'_> {
        match &self.actor {
            Some(actor) => ward_access::extent(actor, act),
            None if self.stage().is_some_and(|stage| stage.opens(act)) => Extent::OwnAccount,
            None => Extent::Nothing,
        }
    }

    /// Whether they may do this there.
    #[must_use]
    pub fn may(&self, act: Act, scope: Scope<'_>) -> bool {
        self.actor.as_ref().is_some_and(|actor| ward_access::may(actor, act, scope))
    }

    /// How far their right to do this reaches.
    #[must_use]
    pub fn reach(&self, act: Act) -> Reach {
        match self.extent(act) {
            Extent::Nothing => Reach::Nothing,
            Extent::OwnAccount => Reach::OwnAccount,
            Extent::Jurisdiction(_) => Reach::OwnJurisdiction,
            Extent::Everything => Reach::Everything,
        }
    }

    /// The one jurisdiction that lists must be narrowed to: `None` when they may see all.
    /// Whoever reaches nothing is narrowed to a jurisdiction that does not exist.
    #[must_use]
    pub fn narrowed(&self, act: Act) -> Option<&str> {
        match self.extent(act) {
            Extent::Everything => None,
            Extent::Jurisdiction(own) => Some(own),
            Extent::Nothing | Extent::OwnAccount => Some("-"),
        }
    }

    /// The scope whose cases they see: the state's, or their own jurisdiction's.
    #[must_use]
    pub fn case_scope(&self) -> &str {
        self.narrowed(Act::SeeCases).unwrap_or("state")
    }

    /// The id of the person or service; empty for nobody.
    #[must_use]
    pub fn id(&self) -> &str {
        let service = self.actor.as_ref().map(|actor| actor.id.as_str());
        service.or(self.person.as_ref().map(|person| person.id.as_str())).unwrap_or_default()
    }

    /// What they are called; empty for nobody.
    #[must_use]
    pub fn name(&self) -> &str {
        let service = self.actor.as_ref().map(|actor| actor.name.as_str());
        service.or(self.person.as_ref().map(|person| person.name.as_str())).unwrap_or_default()
    }

    /// The audit row of something that they do. `act` is one of [`crate::acts::ALL`]; `detail` is
    /// in plain words, with no secret and nothing of a voter in it.
    #[must_use]
    pub fn did(&self, at: Time, act: &str, object: &str, detail: impl Into<String>) -> Audit {
        Audit::Entry(Entry {
            at,
            actor: self.id().to_owned(),
            actor_name: self.name().to_owned(),
            act: act.to_owned(),
            object: object.to_owned(),
            detail: detail.into(),
            address: self.address.to_string(),
        })
    }
}

/// A person as the table of rights sees them.
fn actor_of(person: &Person) -> Actor {
    Actor {
        id: person.id.clone(),
        name: person.name.clone(),
        role: person.role,
        jurisdiction: person.jurisdiction.clone(),
        machine: false,
    }
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = std::convert::Infallible;

    /// Without a guard nobody has been found out about: then it is nobody.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
