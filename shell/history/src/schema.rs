//! The columns of a file, how each is encoded, and what its footer says.

use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::errors::Result;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, TypePtr};
use serde::{Deserialize, Serialize};

use crate::day_text;
use crate::manifest::SCHEMA;

/// Rows of a row group at most. Of these many keys a bloom filter for one false answer in a hundred
/// fills its 128 KiB, which must be a power of two, to nine tenths. The tests have small ones, so
/// that little data has many borders.
pub(crate) const GROUP_ROWS: usize = if cfg!(test) { 40 } else { 98_304 };
/// Bytes of keys in a row group at most, for keys that are long.
pub(crate) const GROUP_BYTES: usize = 16 << 20;
/// Rows of a page: what is decoded to look at one key.
const PAGE_ROWS: usize = if cfg!(test) { 8 } else { 4_096 };

/// The columns, in their order in the file.
pub(crate) const KIND: usize = 0;
pub(crate) const KEY: usize = 1;
pub(crate) const SENSOR: usize = 2;
pub(crate) const JURISDICTION: usize = 3;
pub(crate) const COUNT: usize = 4;
pub(crate) const FIRST: usize = 5;
pub(crate) const LAST: usize = 6;
pub(crate) const RUNG: usize = 7;

const MESSAGE: &str = "message sighting {
    REQUIRED BYTE_ARRAY kind (STRING);
    REQUIRED BYTE_ARRAY key (STRING);
    REQUIRED BYTE_ARRAY sensor (STRING);
    REQUIRED BYTE_ARRAY jurisdiction (STRING);
    REQUIRED INT64 count;
    REQUIRED INT64 first_seen (TIMESTAMP(MICROS,true));
    REQUIRED INT64 last_seen (TIMESTAMP(MICROS,true));
    OPTIONAL BYTE_ARRAY rung (STRING);
}";

/// What one sensor contributed to a file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Source {
    /// The sensor's name.
    pub(crate) sensor: String,
    /// The jurisdiction that it belonged to.
    pub(crate) jurisdiction: String,
    /// Rows.
    pub(crate) sightings: u64,
    /// The sum of their counts.
    pub(crate) mentions: u64,
    /// Records that were read, with a key or without; 0 if that was not said.
    pub(crate) records: u64,
}

/// The footer's key for the schema's number.
pub(crate) const SCHEMA_KEY: &str = "ward.schema";
/// The footer's key for the list of [`Source`]s, as JSON.
pub(crate) const SOURCES_KEY: &str = "ward.sources";

/// The schema of a file.
pub(crate) fn message() -> Result<TypePtr> {
    parse_message_type(MESSAGE).map(Arc::new)
}

/// What the footer says of the file as a whole, but for its sources.
pub(crate) fn metadata(day: i32, from: u64, to: u64) -> Vec<KeyValue> {
    let pair = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    vec![
        pair(SCHEMA_KEY, SCHEMA.to_string()),
        pair("ward.version", env!("CARGO_PKG_VERSION").to_owned()),
        pair("ward.day", day_text(day).unwrap_or_default()),
        pair("ward.positions", format!("{from}-{to}")),
    ]
}

/// How the columns are written.
///
/// Keys are sorted, so each is written as what differs from the one before (`DELTA_BYTE_ARRAY`);
/// numbers are packed to the bits that their differences need (`DELTA_BINARY_PACKED`); names that
/// repeat go through a dictionary. All of these are in the Parquet format of 2013, and every engine
/// reads them.
pub(crate) fn properties(metadata: Vec<KeyValue>) -> WriterProperties {
    let column = |name: &str| ColumnPath::from(name);
    let ascending =
        |column_idx| SortingColumn { column_idx, descending: false, nulls_first: false };
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("ward ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::SNAPPY)
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS.min(1_024))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(metadata))
        .set_sorting_columns(Some(vec![ascending(0), ascending(1), ascending(2), ascending(3)]))
        .set_column_dictionary_enabled(column("key"), false)
        .set_column_encoding(column("key"), Encoding::DELTA_BYTE_ARRAY)
        .set_column_statistics_enabled(column("key"), EnabledStatistics::Page)
        .set_column_bloom_filter_fpp(column("key"), 0.01)
        .set_column_bloom_filter_max_ndv(column("key"), GROUP_ROWS as u64);
    for name in ["count", "first_seen", "last_seen"] {
        builder = builder
            .set_column_dictionary_enabled(column(name), false)
            .set_column_encoding(column(name), Encoding::DELTA_BINARY_PACKED);
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_where_the_constants_say() {
        let message = message().unwrap();
        let names: Vec<_> = message.get_fields().iter().map(|field| field.name()).collect();
        for (column, name) in [
            (KIND, "kind"),
            (KEY, "key"),
            (SENSOR, "sensor"),
            (JURISDICTION, "jurisdiction"),
            (COUNT, "count"),
            (FIRST, "first_seen"),
            (LAST, "last_seen"),
            (RUNG, "rung"),
        ] {
            assert_eq!(names[column], name);
        }
    }
}
