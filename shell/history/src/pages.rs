//! Pages as they come out of a file, looked at before the library decodes them: it makes room for
//! as many values as a page's own bytes say, and memory that cannot be had ends the process.

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::Result;

use crate::damage::wrong;

/// The longest block of packed numbers that any writer is known to make, in values.
const MAX_BLOCK: u64 = 65_536;

/// The pages of a column, none of which says that it holds more than it can.
pub(crate) struct Sound<P> {
    pages: P,
    /// Rows of the row group.
    rows: usize,
    /// What the footer says that its pages are written in.
    encodings: Vec<Encoding>,
}

impl<P: PageReader> Sound<P> {
    /// Looks at these pages of a row group.
    pub(crate) fn new(pages: P, rows: usize, encodings: Vec<Encoding>) -> Self {
        Self { pages, rows, encodings }
    }

    fn check(&self, page: &Page) -> Result<()> {
        match page {
            // Each text is behind its length, of four bytes.
            Page::DictionaryPage { buf, num_values, .. } => {
                expect(usize::try_from(*num_values)? <= buf.len() / 4)
            }
            Page::DataPage { buf, num_values, encoding, .. } => {
                expect(usize::try_from(*num_values)? <= self.rows)?;
                expect(self.encodings.contains(encoding))?;
                match encoding {
                    Encoding::DELTA_BINARY_PACKED => packed(buf, self.rows).map(drop),
                    // Lengths of what is shared with the text before, then lengths of what is not.
                    Encoding::DELTA_BYTE_ARRAY => {
                        let shared = packed(buf, self.rows)?;
                        packed(buf.get(shared..).unwrap_or_default(), self.rows).map(drop)
                    }
                    _ => Ok(()),
                }
            }
            Page::DataPageV2 { .. } => expect(false),
        }
    }
}

impl<P: PageReader> PageReader for Sound<P> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.iter().try_for_each(|page| self.check(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.pages.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>> {
        let page = self.pages.take_deferred_dictionary()?;
        page.iter().try_for_each(|page| self.check(page))?;
        Ok(page)
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

impl<P: PageReader> Iterator for Sound<P> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

fn expect(holds: bool) -> Result<()> {
    if holds { Ok(()) } else { Err(wrong("one of its pages is damaged")) }
}

/// The length in bytes of numbers that are packed by their differences, at most `most` of them
/// (Apache Parquet, "Encodings", `DELTA_BINARY_PACKED`).
fn packed(bytes: &[u8], most: usize) -> Result<usize> {
    walk(bytes, most).ok_or_else(|| wrong("one of its pages is damaged"))
}

fn walk(bytes: &[u8], most: usize) -> Option<usize> {
    let mut at = 0;
    let block = number(bytes, &mut at).filter(|block| *block <= MAX_BLOCK)?;
    let parts = number(bytes, &mut at).filter(|parts| (1..=block).contains(parts))?;
    let count = number(bytes, &mut at).and_then(|count| usize::try_from(count).ok())?;
    number(bytes, &mut at)?;
    let each = usize::try_from(block / parts).ok()?;
    let parts = usize::try_from(parts).ok()?;
    if count > most {
        return None;
    }
    let mut left = count.saturating_sub(1);
    while left > 0 {
        number(bytes, &mut at)?;
        let widths = bytes.get(at..at.checked_add(parts)?)?;
        at += parts;
        // Parts behind the last number have a width, and no bytes.
        for width in widths.iter().take(left.div_ceil(each)) {
            at = at.checked_add(usize::from(*width) * each / 8)?;
        }
        left = left.saturating_sub(each * parts);
    }
    (at <= bytes.len()).then_some(at)
}

/// A number of unknown length, seven bits a byte, the lowest first (ULEB128).
fn number(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of 128 in four parts; five numbers from 7 on, each one more: 1, 2, 3, … need no bits.
    const FIVE: [u8; 10] = [0x80, 0x01, 4, 5, 14, 2, 0, 0, 0, 0];

    #[test]
    fn packed_numbers_end_where_they_end() {
        assert_eq!(packed(&FIVE, 5).unwrap(), FIVE.len());
        let mut more = FIVE.to_vec();
        more.extend([9; 30]);
        assert_eq!(packed(&more, 5).unwrap(), FIVE.len(), "what follows is not of them");
        // A width of 8 bits in the first part takes 32 bytes; of the parts behind the end none.
        more[6] = 8;
        more[7] = 8;
        more.extend([9; 2]);
        assert_eq!(packed(&more, 5).unwrap(), FIVE.len() + 32);
        assert_eq!(packed(&[0x80, 0x01, 4, 0, 0], 0).unwrap(), 5, "none have no block");
    }

    #[test]
    fn what_cannot_be_is_damage() {
        assert!(packed(&FIVE, 4).is_err(), "more numbers than rows");
        let huge = [0x80, 0x01, 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0];
        assert!(packed(&huge, 1_000).is_err());
        for (at, byte) in [(2, 0), (3, 0xff), (6, 8)] {
            let mut damaged = FIVE;
            damaged[at] = byte;
            assert!(packed(&damaged, 5).is_err(), "byte {at}");
        }
        for len in 0..FIVE.len() {
            assert!(packed(&FIVE[..len], 5).is_err(), "{len} bytes");
        }
    }

    #[test]
    fn a_page_that_says_too_much_is_refused() {
        let pages = |page: Page| Sound {
            pages: Once(Some(page)),
            rows: 5,
            encodings: vec![Encoding::DELTA_BYTE_ARRAY],
        };
        let data = |bytes: &[u8], num_values, encoding| Page::DataPage {
            buf: bytes.to_vec().into(),
            num_values,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let twice = [FIVE, FIVE].concat();
        let says = |page| pages(page).get_next_page();
        assert!(says(data(&twice, 5, Encoding::DELTA_BYTE_ARRAY)).is_ok());
        assert!(says(data(&twice, 6, Encoding::DELTA_BYTE_ARRAY)).is_err(), "more than rows");
        assert!(says(data(&FIVE, 5, Encoding::DELTA_BYTE_ARRAY)).is_err(), "no second lengths");
        assert!(says(data(&twice, 5, Encoding::PLAIN)).is_err(), "the footer names another");
        let dictionary = |num_values| Page::DictionaryPage {
            buf: vec![0; 8].into(),
            num_values,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        assert!(says(dictionary(2)).is_ok());
        assert!(says(dictionary(3)).is_err());
    }

    struct Once(Option<Page>);

    impl Iterator for Once {
        type Item = Result<Page>;

        fn next(&mut self) -> Option<Self::Item> {
            self.get_next_page().transpose()
        }
    }

    impl PageReader for Once {
        fn get_next_page(&mut self) -> Result<Option<Page>> {
            Ok(self.0.take())
        }

        fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
            Ok(None)
        }

        fn skip_next_page(&mut self) -> Result<()> {
            self.0 = None;
            Ok(())
        }
    }
}
