//! What a document looks like: said once, written into the description, and held against what is
//! sent.
//!
//! The words are those of JSON Schema (draft 2020-12), which OpenAPI 3.1 uses; only as many of them
//! as the desk needs.

use serde_json::{Map, Number, Value, json};

/// The shape of a value.
#[derive(Clone, Debug)]
pub(crate) enum Schema {
    /// True or false.
    Flag,
    /// A whole number from `least` to `most`.
    Number {
        /// The smallest.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// A text of `least` to `most` characters.
    Text {
        /// The shortest.
        least: usize,
        /// The longest.
        most: usize,
        /// What it is made of.
        form: Form,
    },
    /// One of these texts.
    Choice(Vec<&'static str>),
    /// A list of at most so many of these.
    List(Box<Self>, usize),
    /// Values by name, and no others.
    Object(Vec<Field>),
    /// An object that has a name of its own in the description.
    Named(&'static str, Box<Self>),
    /// This, or null.
    Maybe(Box<Self>),
    /// An object of which nothing more is said.
    Anything,
}

/// What a text is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// Any characters.
    Any,
    /// Characters that can be printed: no control characters.
    Line,
    /// One mail address: something before and after its one `@`, without blanks.
    Mail,
    /// A moment (RFC 3339).
    Moment,
    /// A day: `2026-11-03`.
    Day,
    /// 64 hexadecimal digits in lower case.
    Sha256,
    /// Base 64 (RFC 4648, section 4).
    Base64,
}

/// A value of an object.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its shape.
    pub(crate) schema: Schema,
    /// What it means.
    pub(crate) about: &'static str,
    /// Whether it must be there.
    pub(crate) required: bool,
}

/// One mail address, as a pattern.
const MAIL: &str =
    "^[^@\\s\\u0000-\\u001F\\u007F-\\u009F]+@[^@\\s\\u0000-\\u001F\\u007F-\\u009F]+$";
/// The longest text in an answer, in characters: what is kept has its own bounds, all below this.
const LONGEST: usize = 16 << 20;
/// The longest list in an answer.
const MANY: usize = 1 << 20;

/// True or false.
pub(crate) const fn flag() -> Schema {
    Schema::Flag
}

/// A whole number within bounds.
pub(crate) const fn number(least: i64, most: i64) -> Schema {
    Schema::Number { least, most }
}

/// How many there are of something.
pub(crate) const fn count() -> Schema {
    number(0, i64::MAX)
}

/// Microseconds: how far one clock is before another, or a length of time.
pub(crate) const fn micros() -> Schema {
    number(i64::MIN, i64::MAX)
}

/// Any text in an answer.
pub(crate) const fn text() -> Schema {
    Schema::Text { least: 0, most: LONGEST, form: Form::Any }
}

/// A text of some length without control characters.
pub(crate) const fn line(least: usize, most: usize) -> Schema {
    Schema::Text { least, most, form: Form::Line }
}

/// A text of some length.
pub(crate) const fn words(least: usize, most: usize) -> Schema {
    Schema::Text { least, most, form: Form::Any }
}

/// A text of a form.
pub(crate) const fn form(form: Form) -> Schema {
    Schema::Text { least: 0, most: LONGEST, form }
}

/// A mail address.
pub(crate) const fn mail() -> Schema {
    Schema::Text { least: 3, most: 254, form: Form::Mail }
}

/// A moment.
pub(crate) const fn moment() -> Schema {
    Schema::Text { least: 1, most: 64, form: Form::Moment }
}

/// One of some names.
pub(crate) fn choice<T>(all: impl IntoIterator<Item = T>, name: fn(T) -> &'static str) -> Schema {
    Schema::Choice(all.into_iter().map(name).collect())
}

/// A list in an answer.
pub(crate) fn list(of: Schema) -> Schema {
    Schema::List(Box::new(of), MANY)
}

/// A list of at most so many.
pub(crate) fn at_most(most: usize, of: Schema) -> Schema {
    Schema::List(Box::new(of), most)
}

/// This or null.
pub(crate) fn maybe(of: Schema) -> Schema {
    Schema::Maybe(Box::new(of))
}

/// An object with a name of its own.
pub(crate) fn named(name: &'static str, fields: impl Into<Vec<Field>>) -> Schema {
    Schema::Named(name, Box::new(Schema::Object(fields.into())))
}

/// A value that is always there.
pub(crate) const fn has(name: &'static str, schema: Schema, about: &'static str) -> Field {
    Field { name, schema, about, required: true }
}

/// A value that may be missing.
pub(crate) const fn may_have(name: &'static str, schema: Schema, about: &'static str) -> Field {
    Field { name, schema, about, required: false }
}

impl Form {
    /// The pattern (ECMA-262, as JSON Schema has it) and the format that say the same.
    const fn says(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Self::Any => (None, None),
            Self::Line => (Some("^[^\\u0000-\\u001F\\u007F-\\u009F]*$"), None),
            Self::Mail => (Some(MAIL), None),
            Self::Moment => (None, Some("date-time")),
            Self::Day => (Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), Some("date")),
            Self::Sha256 => (Some("^[0-9a-f]{64}$"), None),
            Self::Base64 => (Some("^[A-Za-z0-9+/]*={0,2}$"), None),
        }
    }

    /// Whether a text that is sent has this form. What only a calendar knows is asked later, as
    /// JSON Schema leaves formats unasked.
    fn fits(self, text: &str) -> bool {
        match self {
            Self::Any | Self::Moment => true,
            Self::Line => !text.chars().any(char::is_control),
            Self::Mail => {
                // What ECMA-262 calls white space, and control characters.
                let odd = |c: char| c.is_whitespace() || c == '\u{feff}' || c.is_control();
                !text.contains(odd)
                    && text.split_once('@').is_some_and(|(name, domain)| {
                        !name.is_empty() && !domain.is_empty() && !domain.contains('@')
                    })
            }
            Self::Day => {
                let signs = text.bytes().enumerate();
                let is_day = |(place, sign): (usize, u8)| match place {
                    4 | 7 => sign == b'-',
                    _ => sign.is_ascii_digit(),
                };
                text.len() == 10 && signs.into_iter().all(is_day)
            }
            Self::Sha256 => {
                text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            }
            Self::Base64 => data_encoding::BASE64.decode(text.as_bytes()).is_ok(),
        }
    }
}

impl Schema {
    /// Holds a value that was sent against the schema. A whole number that was written with a point
    /// (`1.0`) is a whole number (JSON Schema, validation, 6.1.1) and becomes one.
    ///
    /// # Errors
    /// A sentence that says where and what is wrong, without the value.
    pub(crate) fn check(&self, value: &mut Value, at: &str) -> Result<(), String> {
        let wanted = |what: &str| Err(format!("{}: write {what}", place(at)));
        match (self, value) {
            (Self::Flag, Value::Bool(_)) | (Self::Maybe(_), Value::Null) => Ok(()),
            (Self::Flag, _) => wanted("true or false"),
            (Self::Number { least, most }, value) => match whole(value) {
                Some(number) if (*least..=*most).contains(&number) => {
                    *value = Value::Number(Number::from(number));
                    Ok(())
                }
                _ => wanted(&format!("a whole number from {least} to {most}")),
            },
            (Self::Text { least, most, form }, Value::String(text)) => {
                check_text(text, (*least, *most), *form).or_else(|what| wanted(&what))
            }
            (Self::Text { .. }, _) => wanted("a text"),
            (Self::Choice(all), Value::String(text)) if all.contains(&text.as_str()) => Ok(()),
            (Self::Choice(all), _) => wanted(&format!("one of {}", all.join(", "))),
            (Self::List(of, most), Value::Array(items)) if items.len() <= *most => {
                items.iter_mut().enumerate().try_for_each(|(i, item)| {
                    of.check(item, &format!("{}[{i}]", if at.is_empty() { "the list" } else { at }))
                })
            }
            (Self::List(_, most), _) => wanted(&format!("a list of at most {most}")),
            (Self::Object(fields), Value::Object(map)) => check_object(fields, map, at),
            (Self::Anything, Value::Object(_)) => Ok(()),
            (Self::Object(_) | Self::Anything, _) => wanted("an object"),
            (Self::Named(_, of) | Self::Maybe(of), value) => of.check(value, at),
        }
    }

    /// A value of an address's query, which is all text, as this schema means it.
    pub(crate) fn read(&self, text: &str) -> Value {
        match (self, text) {
            (Self::Flag, "true") => Value::Bool(true),
            (Self::Flag, "false") => Value::Bool(false),
            (Self::Number { .. }, _) => {
                text.parse::<i64>().map_or_else(|_| json!(text), Value::from)
            }
            _ => json!(text),
        }
    }

    /// As JSON Schema; objects with names of their own are put into `names` and referred to.
    pub(crate) fn write(&self, names: &mut Map<String, Value>) -> Value {
        match self {
            Self::Flag => json!({ "type": "boolean" }),
            Self::Number { least, most } => write_number(*least, *most),
            Self::Text { least, most, form } => write_text((*least, *most), *form),
            Self::Choice(all) => json!({ "type": "string", "enum": all }),
            Self::List(of, most) if *most == MANY => {
                json!({ "type": "array", "items": of.write(names) })
            }
            Self::List(of, most) => {
                json!({ "type": "array", "items": of.write(names), "maxItems": most })
            }
            Self::Object(fields) => write_object(fields, names),
            Self::Named(name, of) => {
                if !names.contains_key(*name) {
                    let written = of.write(names);
                    names.insert((*name).to_owned(), written);
                }
                json!({ "$ref": format!("#/components/schemas/{name}") })
            }
            Self::Maybe(of) => json!({ "anyOf": [of.write(names), { "type": "null" }] }),
            Self::Anything => json!({ "type": "object" }),
        }
    }
}

fn place(at: &str) -> &str {
    if at.is_empty() { "what was sent" } else { at }
}

fn whole(value: &Value) -> Option<i64> {
    /// Beyond this not every whole number has a double of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let number = value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() <= EXACT)?;
    format!("{number:.0}").parse().ok()
}

fn check_text(text: &str, (least, most): (usize, usize), form: Form) -> Result<(), String> {
    let length = text.chars().count();
    if !(least..=most).contains(&length) {
        return Err(match (least, most) {
            (1, most) => format!("at least one and at most {most} characters"),
            (least, most) => format!("{least} to {most} characters"),
        });
    }
    if form.fits(text) {
        return Ok(());
    }
    Err(match form {
        Form::Line => "a text without control characters".to_owned(),
        Form::Mail => "one mail address such as clerk@county.example".to_owned(),
        Form::Day => "a day such as 2026-11-03".to_owned(),
        Form::Any | Form::Moment | Form::Sha256 | Form::Base64 => "another text".to_owned(),
    })
}

fn check_object(fields: &[Field], map: &mut Map<String, Value>, at: &str) -> Result<(), String> {
    let path = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    if let Some(name) = map.keys().find(|name| !fields.iter().any(|field| field.name == **name)) {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        return Err(format!("{}: there is no value named \"{shown}\"", place(at)));
    }
    for field in fields {
        match map.get_mut(field.name) {
            Some(value) => field.schema.check(value, &path(field.name))?,
            None if field.required => return Err(format!("{}: it is missing", path(field.name))),
            None => {}
        }
    }
    Ok(())
}

fn write_number(least: i64, most: i64) -> Value {
    let mut written = Map::new();
    written.insert("type".to_owned(), json!("integer"));
    if (least, most) != (i64::MIN, i64::MAX) {
        written.insert("minimum".to_owned(), json!(least));
    }
    if most == i64::MAX {
        written.insert("format".to_owned(), json!("int64"));
    } else {
        written.insert("maximum".to_owned(), json!(most));
    }
    Value::Object(written)
}

fn write_text((least, most): (usize, usize), form: Form) -> Value {
    let (pattern, format) = form.says();
    let mut written = Map::new();
    written.insert("type".to_owned(), json!("string"));
    if least > 0 {
        written.insert("minLength".to_owned(), json!(least));
    }
    if most != LONGEST {
        written.insert("maxLength".to_owned(), json!(most));
    }
    if let Some(pattern) = pattern {
        written.insert("pattern".to_owned(), json!(pattern));
    }
    if let Some(format) = format {
        written.insert("format".to_owned(), json!(format));
    }
    Value::Object(written)
}

fn write_object(fields: &[Field], names: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let mut written = field.schema.write(names);
        if let Value::Object(map) = &mut written
            && !field.about.is_empty()
        {
            map.insert("description".to_owned(), json!(field.about));
        }
        properties.insert(field.name.to_owned(), written);
    }
    let required: Vec<&str> =
        fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Schema {
        named(
            "Sample",
            [
                has("name", line(1, 5), ""),
                may_have("days", number(1, 9), ""),
                may_have("on", flag(), ""),
                may_have("parts", at_most(2, maybe(Schema::Choice(vec!["a", "b"]))), ""),
                may_have("day", form(Form::Day), ""),
            ],
        )
    }

    fn told(mut value: Value) -> String {
        sample().check(&mut value, "").err().unwrap_or_default()
    }

    #[test]
    fn what_fits_and_what_does_not() {
        for fine in [
            json!({ "name": "abcde" }),
            json!({ "name": "äöüß€", "days": 9, "on": false, "parts": ["a", null] }),
            json!({ "name": "a", "days": 1.0, "day": "2026-11-03" }),
        ] {
            assert_eq!(told(fine.clone()), "", "{fine}");
        }
        for (wrong, what) in [
            (json!([]), "what was sent: write an object"),
            (json!({}), "name: it is missing"),
            (json!({ "name": "" }), "name: write at least one and at most 5 characters"),
            (json!({ "name": "a\u{85}" }), "name: write a text without control characters"),
            (json!({ "name": "a", "days": 10 }), "days: write a whole number from 1 to 9"),
            (json!({ "name": "a", "days": 1.5 }), "days: write a whole number from 1 to 9"),
            (json!({ "name": "a", "days": 1e300 }), "days: write a whole number from 1 to 9"),
            (json!({ "name": "a", "days": "1" }), "days: write a whole number from 1 to 9"),
            (json!({ "name": "a", "parts": ["c"] }), "parts[0]: write one of a, b"),
            (json!({ "name": "a", "parts": ["a", "a", "a"] }), "parts: write a list of at most 2"),
            (json!({ "name": "a", "day": "2026-1-03" }), "day: write a day such as 2026-11-03"),
            (json!({ "name": "a", "x\n": 1 }), "what was sent: there is no value named \"x\""),
        ] {
            assert_eq!(told(wrong.clone()), what, "{wrong}");
        }
    }

    #[test]
    fn mail_addresses() {
        for fine in ["clerk@adair.example", "a@b", "ä@ö.example"] {
            assert!(Form::Mail.fits(fine), "{fine}");
        }
        for wrong in ["", "a", "a@", "@a", "a@b@c", "a b@c", "a@b\n", "a@\u{feff}b", " a@b"] {
            assert!(!Form::Mail.fits(wrong), "{wrong}");
        }
    }

    #[test]
    fn whole_numbers_become_whole() {
        let mut value = json!({ "name": "a", "days": 3.0 });
        sample().check(&mut value, "").unwrap();
        assert_eq!(value["days"], json!(3));
        assert_eq!(whole(&json!(u64::MAX)), None);
        assert_eq!(whole(&json!(-0.0)), Some(0));
    }

    #[test]
    fn is_written_as_json_schema() {
        let mut names = Map::new();
        let written = sample().write(&mut names);
        assert_eq!(written, json!({ "$ref": "#/components/schemas/Sample" }));
        let sample = &names["Sample"];
        assert_eq!(sample["additionalProperties"], false);
        assert_eq!(sample["required"], json!(["name"]));
        assert_eq!(
            sample["properties"]["days"],
            json!({
                "type": "integer", "minimum": 1, "maximum": 9
            })
        );
        assert_eq!(sample["properties"]["parts"]["maxItems"], 2);
    }
}
