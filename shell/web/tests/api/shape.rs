//! Holds answers against the schemas of the description: a small reader of JSON Schema of its own,
//! so that the desk's own mistakes about its schemas are not repeated here.

use serde_json::Value;

/// Whether a value fits a schema of the description; a sentence that says where not.
pub(crate) fn check(description: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    at(description, schema, value, "$")
}

fn at(description: &Value, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        let found = description.pointer(name.trim_start_matches('#'));
        let found = found.ok_or_else(|| format!("{name} is not there"))?;
        return at(description, found, value, path);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let tried: Vec<_> = any.iter().map(|one| at(description, one, value, path)).collect();
        if tried.iter().any(Result::is_ok) {
            return Ok(());
        }
        return tried.into_iter().next().unwrap_or(Ok(()));
    }
    let no = |what: String| Err(format!("{path}: {what}, but it is {value}"));
    match schema["type"].as_str() {
        None => Ok(()),
        Some("null") if value.is_null() => Ok(()),
        Some("boolean") if value.is_boolean() => Ok(()),
        Some("integer") => match value.as_i64() {
            Some(number)
                if number >= schema["minimum"].as_i64().unwrap_or(i64::MIN)
                    && number <= schema["maximum"].as_i64().unwrap_or(i64::MAX) =>
            {
                Ok(())
            }
            _ => no(format!("wanted {schema}")),
        },
        Some("string") => text(schema, value).or_else(|what| no(what.to_owned())),
        Some("array") => {
            let items = value.as_array().ok_or_else(|| format!("{path}: no list: {value}"))?;
            items.iter().enumerate().try_for_each(|(i, item)| {
                at(description, &schema["items"], item, &format!("{path}[{i}]"))
            })
        }
        Some("object") => object(description, schema, value, path),
        Some(other) => no(format!("wanted {other}")),
    }
}

fn text(schema: &Value, value: &Value) -> Result<(), &'static str> {
    let text = value.as_str().ok_or("no text")?;
    if let Some(all) = schema["enum"].as_array()
        && !all.contains(value)
    {
        return Err("not one of those that there are");
    }
    let length = text.chars().count() as u64;
    if length < schema["minLength"].as_u64().unwrap_or(0)
        || length > schema["maxLength"].as_u64().unwrap_or(u64::MAX)
    {
        return Err("too short or too long");
    }
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let fits = match (schema["format"].as_str(), schema["pattern"].as_str()) {
        (Some("date-time"), _) => {
            text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok() && !text.starts_with('-')
        }
        (Some("date"), _) => text.parse::<jiff::civil::Date>().is_ok(),
        (_, Some("^[0-9a-f]{64}$")) => text.len() == 64 && text.bytes().all(hex),
        (_, Some("^[A-Za-z0-9+/]*={0,2}$")) => {
            data_encoding::BASE64.decode(text.as_bytes()).is_ok()
        }
        (_, Some("^[^\\u0000-\\u001F\\u007F-\\u009F]*$")) => !text.chars().any(char::is_control),
        (_, Some(_)) => return Err("of a pattern that this test does not know"),
        (_, None) => true,
    };
    if fits { Ok(()) } else { Err("not of its form") }
}

fn object(description: &Value, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    let map = value.as_object().ok_or_else(|| format!("{path}: no object: {value}"))?;
    let Some(properties) = schema["properties"].as_object() else { return Ok(()) };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !map.contains_key(name) {
            return Err(format!("{path}.{name}: missing"));
        }
    }
    for (name, value) in map {
        let inner = properties.get(name);
        let inner = inner.ok_or_else(|| format!("{path}.{name}: not in the description"))?;
        at(description, inner, value, &format!("{path}.{name}"))?;
    }
    Ok(())
}

#[test]
fn a_wrong_value_is_found() {
    let description = serde_json::json!({ "components": { "schemas": { "A": {
        "type": "object", "required": ["n"], "additionalProperties": false,
        "properties": { "n": { "type": "integer", "minimum": 0 },
                        "t": { "anyOf": [{ "type": "string", "enum": ["x"] }, { "type": "null" }] } },
    }}}});
    let schema = serde_json::json!({ "$ref": "#/components/schemas/A" });
    let fits = |value: &Value| check(&description, &schema, value).is_ok();
    assert!(fits(&serde_json::json!({ "n": 1, "t": null })));
    for wrong in
        ["{}", r#"{"n":-1}"#, r#"{"n":1,"t":"y"}"#, r#"{"n":1,"m":1}"#, "[]", r#"{"n":1.5}"#]
    {
        assert!(!fits(&serde_json::from_str(wrong).unwrap()), "{wrong}");
    }
}
