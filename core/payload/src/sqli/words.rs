//! The vocabulary of SQL, over the dialects of MySQL, PostgreSQL, SQL Server, Oracle, SQLite and
//! their kin: what a word can be in the grammar.

/// What a word is. Anything that is not listed is a [`Word::Name`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Word {
    /// A column, a table, or plain language.
    Name,
    /// AND, OR, XOR.
    Logic,
    /// NOT.
    Not,
    /// LIKE, RLIKE, REGEXP, GLOB, ILIKE, SOUNDS, MATCH, SIMILAR.
    Like,
    /// BETWEEN.
    Between,
    /// IN.
    In,
    /// IS.
    Is,
    /// DIV, MOD: operators by name.
    Math,
    /// NULL, TRUE, FALSE: values by name.
    Value,
    /// BINARY, PRIOR, ANY, SOME, ROW: what may stand before an operand.
    Unary,
    Union,
    /// EXCEPT, INTERSECT, MINUS.
    Except,
    All,
    Distinct,
    Select,
    From,
    /// WHERE, HAVING, ON.
    Where,
    Order,
    Group,
    By,
    Case,
    When,
    Then,
    Else,
    End,
    Exists,
    Insert,
    Into,
    Update,
    Set,
    Delete,
    /// DROP, CREATE, ALTER, TRUNCATE, GRANT, REVOKE.
    Define,
    /// TABLE, DATABASE, VIEW, USER, ...: what is defined.
    Thing,
    Exec,
    Waitfor,
    Delay,
    Declare,
    Shutdown,
    Limit,
    Procedure,
    /// OUTFILE, DUMPFILE.
    File,
    /// CALL, DO, PERFORM: a call as a statement.
    Statement,
    /// A function that waits, reads files, calls out, or fails with a message of one's choice.
    Danger,
    /// A function of everyday use.
    Function,
    /// Names of a database's own catalogue, which no honest value holds.
    Catalogue,
}

/// What this word (in lower case, dots included) is.
pub(super) fn classify(word: &[u8]) -> Word {
    keyword(word)
        .or_else(|| danger(word).then_some(Word::Danger))
        .or_else(|| catalogue(word).then_some(Word::Catalogue))
        .or_else(|| function(word).then_some(Word::Function))
        .unwrap_or(Word::Name)
}

fn keyword(word: &[u8]) -> Option<Word> {
    if word.len() > 10 {
        return None;
    }
    Some(match word {
        b"and" | b"or" | b"xor" => Word::Logic,
        b"not" => Word::Not,
        b"like" | b"rlike" | b"regexp" | b"glob" | b"ilike" | b"sounds" | b"similar" => Word::Like,
        b"between" => Word::Between,
        b"in" => Word::In,
        b"is" => Word::Is,
        b"div" | b"mod" => Word::Math,
        b"null" | b"true" | b"false" => Word::Value,
        b"binary" | b"prior" | b"any" | b"some" | b"row" => Word::Unary,
        b"union" => Word::Union,
        b"except" | b"intersect" | b"minus" => Word::Except,
        b"all" => Word::All,
        b"distinct" | b"distinctrow" => Word::Distinct,
        b"select" => Word::Select,
        b"from" => Word::From,
        b"where" | b"having" | b"on" => Word::Where,
        b"order" => Word::Order,
        b"group" => Word::Group,
        b"by" => Word::By,
        b"case" => Word::Case,
        b"when" => Word::When,
        b"then" => Word::Then,
        b"else" => Word::Else,
        b"end" => Word::End,
        b"exists" => Word::Exists,
        b"insert" => Word::Insert,
        b"into" => Word::Into,
        b"update" => Word::Update,
        b"set" => Word::Set,
        b"delete" => Word::Delete,
        b"drop" | b"create" | b"alter" | b"truncate" | b"grant" | b"revoke" => Word::Define,
        b"exec" | b"execute" => Word::Exec,
        b"waitfor" => Word::Waitfor,
        b"delay" => Word::Delay,
        b"declare" => Word::Declare,
        b"shutdown" => Word::Shutdown,
        b"limit" => Word::Limit,
        b"procedure" => Word::Procedure,
        b"outfile" | b"dumpfile" => Word::File,
        b"table" | b"database" | b"view" | b"login" | b"function" | b"trigger" | b"index"
        | b"schema" | b"alias" | b"role" | b"extension" => Word::Thing,
        b"call" | b"do" | b"perform" => Word::Statement,
        _ => return None,
    })
}

/// Functions that are of use to an attacker by being called at all.
fn danger(word: &[u8]) -> bool {
    word.starts_with(b"xp_")
        || word.starts_with(b"sp_oa")
        || word.starts_with(b"utl_")
        || word.starts_with(b"dbms_")
        || word.starts_with(b"pg_sleep")
        || word.starts_with(b"pg_read")
        || word.starts_with(b"lo_")
        || word.ends_with(b".sleep")
        || matches!(
            word,
            b"sleep"
                | b"benchmark"
                | b"extractvalue"
                | b"updatexml"
                | b"load_file"
                | b"load_extension"
                | b"randomblob"
                | b"get_lock"
                | b"release_lock"
                | b"gtid_subset"
                | b"gtid_subtract"
                | b"json_keys"
                | b"geometrycollection"
                | b"multipoint"
                | b"multilinestring"
                | b"multipolygon"
                | b"linestring"
                | b"polygon"
                | b"st_latfromgeohash"
                | b"st_longfromgeohash"
                | b"st_pointfromgeohash"
                | b"name_const"
                | b"xmltype"
                | b"sys_eval"
                | b"sys_exec"
                | b"openrowset"
                | b"opendatasource"
                | b"openquery"
                | b"fn_xe_file_target_read_file"
                | b"database_to_xml"
                | b"query_to_xml"
                | b"table_to_xml"
                | b"ctxsys.drithsx.sn"
                | b"ordsys.ord_dicom.getmappingxpath"
                | b"httpuritype"
                | b"sysmaster"
                | b"regexp_substring"
                | b"analyse"
                | b"extension_pg_exec"
                | b"crypt_key"
                | b"char_to_label"
                | b"group_concat"
                | b"sp_executesql"
                | b"sp_password"
                | b"dblink"
                | b"generate_series"
        )
}

/// Tables and columns by which a schema is read out.
fn catalogue(word: &[u8]) -> bool {
    let head = word.split(|byte| *byte == b'.').next().unwrap_or_default();
    matches!(
        head,
        b"information_schema"
            | b"sqlite_master"
            | b"sqlite_schema"
            | b"sysobjects"
            | b"syscolumns"
            | b"sysdatabases"
            | b"sysusers"
            | b"pg_catalog"
            | b"pg_shadow"
            | b"pg_stat_activity"
            | b"pg_user"
            | b"all_tables"
            | b"all_tab_columns"
            | b"user_tables"
            | b"user_tab_columns"
            | b"all_users"
            | b"msysobjects"
            | b"msysaces"
            | b"rdb$database"
            | b"rdb$fields"
            | b"sysibm"
            | b"syscat"
            | b"sysmaster"
    ) || matches!(
        word,
        b"mysql.user"
            | b"master..sysdatabases"
            | b"master.dbo.xp_cmdshell"
            | b"master..xp_cmdshell"
            | b"sys.databases"
            | b"sys.user$"
            | b"v$version"
            | b"performance_schema.threads"
            | b"mysql.innodb_table_stats"
            | b"sys.schema_table_statistics"
    )
}

/// Functions of everyday use: telling only where the grammar around them is. Sorted.
const FUNCTIONS: [&str; 142] = [
    "abs",
    "array_to_string",
    "ascii",
    "ascii_char",
    "ascii_val",
    "asciistr",
    "avg",
    "bin",
    "bit_count",
    "bitand",
    "cast",
    "ceil",
    "char",
    "char_length",
    "character_length",
    "checksum",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "conv",
    "convert",
    "count",
    "crc32",
    "current_database",
    "current_setting",
    "current_user",
    "database",
    "date_add",
    "db_name",
    "decode",
    "elt",
    "exp",
    "export_set",
    "field",
    "find_in_set",
    "floor",
    "format",
    "from_base64",
    "greatest",
    "hex",
    "host_name",
    "if",
    "ifnull",
    "iif",
    "inet_aton",
    "instr",
    "is_srvrolemember",
    "isnull",
    "json_array",
    "json_extract",
    "json_table",
    "json_value",
    "lcase",
    "least",
    "left",
    "len",
    "length",
    "listagg",
    "locate",
    "lower",
    "lpad",
    "ltrim",
    "make_set",
    "makedate",
    "max",
    "md5",
    "mid",
    "min",
    "mod",
    "newid",
    "now",
    "ntile",
    "nullif",
    "nvl",
    "object_id",
    "oct",
    "ord",
    "point",
    "position",
    "pow",
    "power",
    "quarter",
    "quote",
    "quote_ident",
    "quotename",
    "rand",
    "random",
    "rawtohex",
    "repeat",
    "replace",
    "reverse",
    "right",
    "round",
    "row_count",
    "rpad",
    "rtrim",
    "schema",
    "selectchar",
    "session_user",
    "sha1",
    "sha2",
    "sign",
    "soundex",
    "space",
    "sqlite_version",
    "square",
    "st_x",
    "str",
    "strcmp",
    "string_agg",
    "stuff",
    "substr",
    "substrb",
    "substring",
    "substring_index",
    "sum",
    "suser_sname",
    "sysdate",
    "system_user",
    "time_to_sec",
    "to_base64",
    "to_char",
    "to_number",
    "to_seconds",
    "tokenize",
    "trim",
    "trunc",
    "ucase",
    "unhex",
    "unicode",
    "upper",
    "user",
    "user_id",
    "user_name",
    "uuid",
    "val",
    "values",
    "version",
    "xmlagg",
    "xmlelement",
    "zeroblob",
];

fn function(word: &[u8]) -> bool {
    FUNCTIONS.binary_search_by(|name| name.as_bytes().cmp(word)).is_ok()
}

/// Functions that open a value only when the value is a piece of SQL: `substr(`, `chr(`.
pub(super) fn opens_sql(word: &[u8]) -> bool {
    OPENERS.binary_search_by(|name| name.as_bytes().cmp(word)).is_ok()
}

const OPENERS: [&str; 35] = [
    "ascii",
    "cast",
    "char",
    "char_length",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "convert",
    "current_user",
    "database",
    "db_name",
    "elt",
    "hex",
    "ifnull",
    "iif",
    "load_file",
    "lower",
    "make_set",
    "md5",
    "mid",
    "nullif",
    "nvl",
    "ord",
    "quotename",
    "rawtohex",
    "row_count",
    "selectchar",
    "session_user",
    "substr",
    "substring",
    "system_user",
    "to_char",
    "unhex",
    "upper",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(FUNCTIONS.is_sorted() && OPENERS.is_sorted());
        assert_eq!(classify(b"substr"), Word::Function);
        assert_eq!(classify(b"union"), Word::Union);
        assert_eq!(classify(b"mysql.user"), Word::Catalogue);
        assert_eq!(classify(b"smith"), Word::Name);
    }
}
