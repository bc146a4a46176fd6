-- What a log came to when its newest entry was put down, for lists that do not read all entries: by
-- which Ward it was worked out, the seal of that entry, the state as JSON. Whoever reads it holds the
-- seal against the newest entry's: where they differ, or where nothing stands, the entries are read.
-- What is long stands last: SQLite reads a row from its front.

ALTER TABLE room_log ADD COLUMN folded {text} NOT NULL DEFAULT '';
