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

/// Functions of everyday use: telling only where the grammar around them is.
fn function(word: &[u8]) -> bool {
    if word.len() > 24 {
        return false;
    }
    matches!(
        word,
        b"abs"
            | b"ascii"
            | b"asciistr"
            | b"avg"
            | b"bin"
            | b"bit_count"
            | b"cast"
            | b"ceil"
            | b"char"
            | b"char_length"
            | b"character_length"
            | b"chr"
            | b"coalesce"
            | b"concat"
            | b"concat_ws"
            | b"conv"
            | b"convert"
            | b"count"
            | b"crc32"
            | b"current_database"
            | b"current_user"
            | b"database"
            | b"db_name"
            | b"decode"
            | b"elt"
            | b"exp"
            | b"export_set"
            | b"field"
            | b"find_in_set"
            | b"floor"
            | b"format"
            | b"from_base64"
            | b"greatest"
            | b"hex"
            | b"host_name"
            | b"if"
            | b"ifnull"
            | b"iif"
            | b"instr"
            | b"is_srvrolemember"
            | b"isnull"
            | b"json_extract"
            | b"json_array"
            | b"lcase"
            | b"least"
            | b"left"
            | b"len"
            | b"length"
            | b"like"
            | b"listagg"
            | b"locate"
            | b"lower"
            | b"lpad"
            | b"ltrim"
            | b"make_set"
            | b"makedate"
            | b"max"
            | b"md5"
            | b"mid"
            | b"min"
            | b"ntile"
            | b"now"
            | b"nullif"
            | b"nvl"
            | b"object_id"
            | b"oct"
            | b"ord"
            | b"position"
            | b"pow"
            | b"power"
            | b"quarter"
            | b"quote"
            | b"quote_ident"
            | b"rand"
            | b"random"
            | b"rawtohex"
            | b"repeat"
            | b"replace"
            | b"reverse"
            | b"right"
            | b"round"
            | b"row_count"
            | b"rpad"
            | b"rtrim"
            | b"schema"
            | b"selectchar"
            | b"session_user"
            | b"sha1"
            | b"sha2"
            | b"sign"
            | b"soundex"
            | b"space"
            | b"sqlite_version"
            | b"str"
            | b"strcmp"
            | b"string_agg"
            | b"stuff"
            | b"substr"
            | b"substring"
            | b"substring_index"
            | b"substrb"
            | b"sum"
            | b"suser_sname"
            | b"system_user"
            | b"sysdate"
            | b"to_base64"
            | b"to_char"
            | b"to_number"
            | b"trim"
            | b"trunc"
            | b"ucase"
            | b"unhex"
            | b"unicode"
            | b"upper"
            | b"user"
            | b"user_id"
            | b"user_name"
            | b"uuid"
            | b"version"
            | b"xmlagg"
            | b"xmlelement"
            | b"zeroblob"
            | b"bitand"
            | b"current_setting"
            | b"quotename"
            | b"checksum"
            | b"newid"
            | b"square"
            | b"dual"
            | b"array_to_string"
            | b"ascii_val"
            | b"ascii_char"
            | b"codepoints-to-string"
            | b"json_table"
            | b"json_value"
            | b"time_to_sec"
            | b"inet_aton"
            | b"val"
            | b"mod"
            | b"to_seconds"
            | b"date_add"
            | b"values"
            | b"st_x"
            | b"point"
            | b"tokenize"
    )
}

/// Functions that open a value only when the value is a piece of SQL: `substr(`, `chr(`.
pub(super) fn opens_sql(word: &[u8]) -> bool {
    matches!(
        word,
        b"substr"
            | b"substring"
            | b"chr"
            | b"char"
            | b"ascii"
            | b"hex"
            | b"unhex"
            | b"md5"
            | b"upper"
            | b"lower"
            | b"concat"
            | b"concat_ws"
            | b"selectchar"
            | b"char_length"
            | b"ord"
            | b"mid"
            | b"ifnull"
            | b"nullif"
            | b"nvl"
            | b"coalesce"
            | b"current_user"
            | b"system_user"
            | b"session_user"
            | b"db_name"
            | b"database"
            | b"iif"
            | b"elt"
            | b"make_set"
            | b"cast"
            | b"convert"
            | b"to_char"
            | b"rawtohex"
            | b"load_file"
            | b"row_count"
            | b"quotename"
    )
}
