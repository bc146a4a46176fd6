//! What can go wrong with the store, said so that somebody can do something about it.

use std::fmt;

/// A failure of the store.
#[derive(Debug)]
pub enum Error {
    /// The engine said no.
    Database(sqlx::Error),
    /// The store holds a schema that this program does not know.
    Schema {
        /// The schema found.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The place is no store, or cannot be one.
    Place(String),
    /// What is stored cannot be read back.
    Damaged(String),
    /// Somebody else has this store.
    Busy(String),
    /// What was asked for cannot be done; nothing was.
    Refused(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(err) => write!(f, "the store said no: {err}"),
            Self::Schema { found, known } if found > known => write!(
                f,
                "the store has schema {found}, and this Ward knows schemas up to {known}: start a \
                 newer Ward"
            ),
            Self::Schema { found, known } => write!(
                f,
                "the store has schema {found}, and this Ward needs {known}: run `ward db migrate`"
            ),
            Self::Place(what) | Self::Damaged(what) | Self::Busy(what) | Self::Refused(what) => {
                f.write_str(what)
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(err) => Some(err),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(err: sqlx::Error) -> Self {
        Self::Database(err)
    }
}

impl Error {
    /// Whether a value that must be unique was there already.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        let Self::Database(err) = self else { return false };
        err.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    }

    /// Whether the engine is there and well but would not take a statement: something is wrong
    /// with what was written, not with the store.
    #[must_use]
    pub const fn is_of_the_statement(&self) -> bool {
        matches!(
            self,
            Self::Database(
                sqlx::Error::Database(_) | sqlx::Error::Encode(_) | sqlx::Error::Protocol(_)
            )
        )
    }
}
