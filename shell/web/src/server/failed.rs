//! What the store could not do, as a problem for whoever asked.

use axum::http::StatusCode;
use ward_store::Error;

use super::errors::Problem;

impl From<Error> for Problem {
    /// The store's own words go to the log: they may name tables and places.
    fn from(err: Error) -> Self {
        match err {
            Error::Refused(sentence) => {
                Self::new(StatusCode::CONFLICT, "This cannot be done", sentence)
            }
            Error::Database(_) | Error::Busy(_) => {
                tracing::error!(error = %err, "the store did not answer");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "The desk cannot reach its store",
                    "Nothing was changed. Try again in a moment.",
                )
            }
            _ => {
                tracing::error!(error = %err, "the store failed");
                Self::of(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_s_words_stay_inside() {
        let problem = Problem::from(Error::Damaged("table people, row 7".to_owned()));
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!format!("{problem:?}").contains("people"));
        let problem = Problem::from(Error::Busy("/srv/ward".to_owned()));
        assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
