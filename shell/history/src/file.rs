//! One file, opened for reading: its bytes by range, its footer, the pages of its keys.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::Type;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::DataType;
use parquet::errors::Result;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::index_reader::{decode_column_index, decode_offset_index};
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::Length as _;
use parquet::file::serialized_reader::SerializedPageReader;
use sha2::{Digest as _, Sha256};
use ward_kernel::KeyKind;

use crate::damage::{guarded, wrong};
use crate::manifest::{Part, SCHEMA, hexadecimal};
use crate::pages::Sound;
use crate::region::Region;
use crate::row::kind_named;
use crate::schema::{self, KEY, KIND, RUNG, SCHEMA_KEY, SOURCES_KEY, Source};

/// A file of the history with its footer.
pub(crate) struct PartFile {
    bytes: Arc<Region>,
    metadata: ParquetMetaData,
    /// What each sensor contributed to it.
    pub(crate) sources: Vec<Source>,
    /// Its row groups, in order.
    pub(crate) groups: Vec<Group>,
}

/// A row group: rows of one kind, sorted by key.
pub(crate) struct Group {
    /// The kind of all its keys.
    pub(crate) kind: KeyKind,
    /// Its rows.
    pub(crate) rows: usize,
    /// No key is smaller.
    pub(crate) min: Vec<u8>,
    /// No key is greater.
    pub(crate) max: Vec<u8>,
}

/// A page of the keys of a row group.
pub(crate) struct KeyPage {
    /// Rows of the row group that lie before it.
    pub(crate) start: usize,
    /// Its rows.
    pub(crate) rows: usize,
    /// No key in it is smaller.
    pub(crate) min: Vec<u8>,
    /// No key in it is greater.
    pub(crate) max: Vec<u8>,
}

impl PartFile {
    /// Opens a file, compares its tail with the manifest, and reads its footer.
    pub(crate) fn open(path: &Path, part: &Part) -> Result<Self> {
        let region = Region::open(path, part.tail)?;
        if region.len() != part.bytes {
            let (is, should) = (region.len(), part.bytes);
            return Err(wrong(format!("it has {is} bytes and should have {should}")));
        }
        if hexadecimal(Sha256::new_with_prefix(region.tail())) != part.tail_sha256 {
            return Err(wrong("its footer is not the one that was written"));
        }
        guarded(|| Self::read_footer(Arc::new(region)))
    }

    /// Reads a column of a row group, page by page.
    pub(crate) fn column<T: DataType>(
        &self,
        group: usize,
        column: usize,
    ) -> Result<ColumnReaderImpl<T>> {
        let row_group = self.metadata.row_group(group);
        let chunk = row_group.column(column);
        let rows = usize::try_from(row_group.num_rows())?;
        let pages = self.locations(chunk, rows)?;
        let pages = SerializedPageReader::new(Arc::clone(&self.bytes), chunk, rows, Some(pages))?;
        let pages = Sound::new(pages, rows, chunk.encodings().collect());
        Ok(ColumnReaderImpl::new(chunk.column_descr_ptr(), Box::new(pages)))
    }

    /// The pages of the keys of a row group, with their bounds.
    pub(crate) fn key_pages(&self, group: usize) -> Result<Vec<KeyPage>> {
        let row_group = self.metadata.row_group(group);
        let chunk = row_group.column(KEY);
        let rows = usize::try_from(row_group.num_rows())?;
        let range = chunk.column_index_range().ok_or_else(|| wrong("it has no page index"))?;
        let index = self.bytes.range(range.start, range.end)?;
        let ColumnIndexMetaData::BYTE_ARRAY(index) = decode_column_index(&index, Type::BYTE_ARRAY)?
        else {
            return Err(wrong("the page index is not one of texts"));
        };
        let locations = self.locations(chunk, rows)?;
        if index.num_pages() != locations.len() as u64 {
            return Err(wrong("the two parts of the page index differ"));
        }
        let mut pages = Vec::with_capacity(locations.len());
        for (place, location) in locations.iter().enumerate() {
            let start = usize::try_from(location.first_row_index)?;
            let end = locations
                .get(place + 1)
                .map_or(Ok(rows), |next| next.first_row_index.try_into())?;
            let bounds = index.min_value(place).zip(index.max_value(place));
            let (min, max) = bounds.ok_or_else(|| wrong("a page of keys has no bounds"))?;
            let rows = end.saturating_sub(start);
            pages.push(KeyPage { start, rows, min: min.to_vec(), max: max.to_vec() });
        }
        Ok(pages)
    }

    /// The bloom filter of the keys of a row group.
    pub(crate) fn bloom(&self, group: usize) -> Result<Option<parquet::bloom_filter::Sbbf>> {
        let chunk = self.metadata.row_group(group).column(KEY);
        let bloom = parquet::bloom_filter::Sbbf::read_from_column_chunk(chunk, &*self.bytes)?;
        // One without blocks has nothing to ask.
        Ok(bloom.filter(|bloom| bloom.num_blocks() > 0))
    }

    fn read_footer(bytes: Arc<Region>) -> Result<Self> {
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&*bytes)?;
        let pairs = metadata.file_metadata().key_value_metadata();
        let value = |key: &str| pairs?.iter().find(|pair| pair.key == key)?.value.as_deref();
        if value(SCHEMA_KEY) != Some(SCHEMA.to_string().as_str()) {
            return Err(wrong("it was not written by this version of Ward"));
        }
        let sources = value(SOURCES_KEY).unwrap_or("[]");
        let sources = serde_json::from_str(sources).map_err(|why| wrong(why.to_string()))?;
        if metadata.file_metadata().schema() != schema::message()?.as_ref() {
            return Err(wrong("its columns are not those of a history"));
        }
        let groups = (0..metadata.num_row_groups()).map(|group| read_group(&metadata, group));
        let groups = groups.collect::<Result<_>>()?;
        Ok(Self { bytes, metadata, sources, groups })
    }

    /// Where the pages of a column lie, checked, because the library trusts them.
    fn locations(&self, chunk: &ColumnChunkMetaData, rows: usize) -> Result<Vec<PageLocation>> {
        let range = chunk.offset_index_range().ok_or_else(|| wrong("it has no page index"))?;
        let index = decode_offset_index(&self.bytes.range(range.start, range.end)?)?;
        let (start, len) = chunk.byte_range();
        let end = start.saturating_add(len);
        let locations = index.page_locations();
        let inside = |location: &PageLocation| {
            let from = u64::try_from(location.offset).unwrap_or(u64::MAX);
            let size = u64::try_from(location.compressed_page_size).unwrap_or(u64::MAX);
            from >= start && from.saturating_add(size) <= end
        };
        let ordered = locations.first().is_some_and(|first| first.first_row_index == 0)
            && locations.is_sorted_by(|left, right| left.first_row_index < right.first_row_index)
            && locations
                .last()
                .is_some_and(|last| last.first_row_index < i64::try_from(rows).unwrap_or(0));
        if !ordered || !locations.iter().all(inside) {
            return Err(wrong("its page index is damaged"));
        }
        Ok(locations.clone())
    }
}

fn read_group(metadata: &ParquetMetaData, group: usize) -> Result<Group> {
    let group = metadata.row_group(group);
    // The library panics on places that are negative.
    let sound = |chunk: &ColumnChunkMetaData| {
        chunk.data_page_offset() >= 0
            && chunk.dictionary_page_offset().is_none_or(|offset| offset >= 0)
            && chunk.compressed_size() >= 0
            && chunk.num_values() == group.num_rows()
    };
    if group.num_columns() != RUNG + 1 || !group.columns().iter().all(sound) {
        return Err(wrong("its footer is damaged"));
    }
    let bounds = |column: usize| {
        let statistics = group.column(column).statistics()?;
        statistics.min_bytes_opt().zip(statistics.max_bytes_opt())
    };
    let kind = bounds(KIND).filter(|(min, max)| min == max).and_then(|(min, _)| kind_named(min));
    let (min, max) = bounds(KEY).ok_or_else(|| wrong("a row group has no bounds"))?;
    Ok(Group {
        kind: kind.ok_or_else(|| wrong("a row group is not of one kind"))?,
        rows: usize::try_from(group.num_rows())?,
        min: min.to_vec(),
        max: max.to_vec(),
    })
}
