//! All tables, as moving and checking need them: columns with their kinds, and an order that is the
//! same on both engines.

use crate::query::on;
use crate::{Error, Link};

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// A whole number.
    Int,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// The columns that are its primary key, in the order of rows.
    pub(crate) key: &'static str,
    /// Its columns, each with its kind's first letter: `id:t position:i body:b`.
    columns: &'static str,
}

impl Table {
    /// Its columns with their kinds.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&'static str, Kind)> {
        self.columns.split(' ').filter_map(|column| {
            let (name, kind) = column.split_once(':')?;
            let kind = match kind {
                "i" => Kind::Int,
                "b" => Kind::Bytes,
                _ => Kind::Text,
            };
            Some((name, kind))
        })
    }

    /// Reads all rows in the order of the key.
    pub(crate) fn select(&self) -> String {
        let names: Vec<_> = self.columns().map(|(name, _)| name).collect();
        format!("SELECT {} FROM {} ORDER BY {}", names.join(", "), self.name, self.key)
    }

    /// Writes one row.
    pub(crate) fn insert(&self) -> String {
        let names: Vec<_> = self.columns().map(|(name, _)| name).collect();
        let places: Vec<_> = (1..=names.len()).map(|place| format!("${place}")).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", self.name, names.join(", "), places.join(", "))
    }
}

/// All tables; each stands behind those that it refers to.
pub(crate) const TABLES: [Table; 26] = [
    Table { name: "meta", key: "key", columns: "key:t value:t" },
    Table { name: "jurisdiction", key: "id", columns: "id:t name:t kind:t counties:t" },
    Table { name: "organisation", key: "id", columns: "id:t kind:t name:t jurisdiction:t" },
    Table {
        name: "person",
        key: "id",
        columns: "id:t name:t email:t role:t organisation:t jurisdiction:t password:t active:i \
                  created:i last_sign_in:i",
    },
    Table {
        name: "passkey",
        key: "id",
        columns: "id:t person:t label:t credential:t created:i used:i",
    },
    Table { name: "totp", key: "person", columns: "person:t sealed:b confirmed:i last_step:i" },
    Table { name: "recovery_code", key: "person, hash", columns: "person:t hash:b used:i" },
    Table {
        name: "sign_in_elsewhere",
        key: "issuer, subject",
        columns: "issuer:t subject:t person:t bound:i used:i",
    },
    Table {
        name: "invitation",
        key: "id",
        columns: "id:t hash:b name:t email:t role:t organisation:t jurisdiction:t invited_by:t \
                  created:i expires:i used:i",
    },
    Table {
        name: "session",
        key: "hash",
        columns: "hash:b id:t person:t stage:t csrf:b created:i seen:i expires:i confirmed:i \
                  address:t agent:t",
    },
    Table {
        name: "token",
        key: "hash",
        columns: "hash:b id:t name:t role:t jurisdiction:t made_by:t created:i expires:i used:i \
                  ended:i",
    },
    Table {
        name: "enrolment",
        key: "hash",
        columns: "hash:b id:t name:t jurisdiction:t made_by:t created:i expires:i used:i sensor:t",
    },
    Table {
        name: "sensor",
        key: "id",
        columns: "id:t name:t jurisdiction:t public_key:b enrolled:i retired:i sequence:i heard:i \
                  newest:i drift:i waiting:i dropped:i records:i bytes:i report:t",
    },
    Table {
        name: "stream",
        key: "id",
        columns: "id:i sensor:t name:t generation:i format:t first:i newest:i records:i bytes:i \
                  head:b",
    },
    Table {
        name: "batch",
        key: "position",
        columns: "position:i sensor:t sequence:i stream:i base:i length:i records:i received:i \
                  sha256:b body:b",
    },
    Table {
        name: "incident_case",
        key: "id",
        columns: "id:t scope:t kind:t rung:i title:t opened:i updated:i first:i last:i records:i \
                  authorised:i standing:t handling:t reason:t jurisdictions:t body:t owner:t \
                  desk_rung:i desk_judged:i desk_into:t desk_into_judged:i seen:i merged_into:t \
                  split_from:t place:t",
    },
    Table {
        name: "case_step",
        key: "case_id, number",
        columns: "case_id:t number:i at:i rung:i what:t",
    },
    Table {
        name: "evidence",
        key: "case_id, stream, place",
        columns: "case_id:t stream:i place:i at:i shows:t line:b sha256:b",
    },
    Table {
        name: "hour_count",
        key: "hour, scope",
        columns: "hour:i scope:t slot:i records:i probes:i failed_logins:i exploits:i alerts:i",
    },
    Table {
        name: "room_log",
        key: "id",
        columns: "id:t kind:t jurisdiction:t begun:i updated:i open:i folded:t",
    },
    Table {
        name: "room_entry",
        key: "log, number",
        columns: "log:t number:i key:t at:i actor:t actor_name:t hash:b body:t",
    },
    Table {
        name: "notice_event",
        key: "number",
        columns: "number:i key:t at:i topic:t rung:i scope:t object:t actor:t spread:i title:t \
                  because:t places:t",
    },
    Table {
        name: "notice",
        key: "recipient, event",
        columns: "recipient:t event:i urgent:i count:i message:t",
    },
    Table {
        name: "notice_message",
        key: "id",
        columns: "id:t recipient:t made:i state:t due:i tries:i done:i failure:t",
    },
    Table { name: "notice_wish", key: "person", columns: "person:t wishes:t" },
    Table {
        name: "audit",
        key: "number",
        columns: "number:i at:i actor:t actor_name:t act:t object:t detail:t address:t hash:b",
    },
];

/// The columns of all tables as the engine itself knows them, `table.column`, in the order of
/// their names.
pub(crate) async fn in_engine(link: Link<'_>) -> Result<Vec<String>, Error> {
    const LITE: &str = "SELECT m.name || '.' || c.name FROM sqlite_master AS m \
        JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' \
        AND substr(m.name, 1, 7) <> 'sqlite_' ORDER BY 1";
    const PG: &str = "SELECT table_name || '.' || column_name COLLATE \"C\" \
        FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1";
    let text = match link {
        Link::Lite(_) => LITE,
        Link::Pg(_) => PG,
    };
    Ok(on!(link, conn => sqlx::query_scalar(text).fetch_all(conn).await?))
}

/// The columns of all tables as this program knows them, in the same form.
pub(crate) fn in_program() -> Vec<String> {
    let mut all: Vec<_> = TABLES
        .iter()
        .flat_map(|table| table.columns().map(|(name, _)| format!("{}.{name}", table.name)))
        .collect();
    all.sort_unstable();
    all
}
