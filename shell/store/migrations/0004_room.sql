-- The situation room: logs that only grow. What a log stands at is worked out from its entries;
-- open and updated say a part of it again, for lists. Each entry is sealed over the one before it.

CREATE TABLE room_log (
  id {text} PRIMARY KEY,
  kind {text} NOT NULL,
  jurisdiction {text} REFERENCES jurisdiction (id),
  begun {int} NOT NULL,
  updated {int} NOT NULL,
  open {int} NOT NULL CHECK (open IN (0, 1))
) {strict};
CREATE INDEX room_log_kind ON room_log (kind, open, updated);
CREATE INDEX room_log_place ON room_log (jurisdiction, kind, open, updated);

CREATE TABLE room_entry (
  log {text} NOT NULL REFERENCES room_log (id),
  number {int} NOT NULL,
  key {text} NOT NULL,
  at {int} NOT NULL,
  actor {text} NOT NULL,
  actor_name {text} NOT NULL,
  hash {bytes} NOT NULL,
  body {text} NOT NULL,
  PRIMARY KEY (log, number),
  UNIQUE (log, actor, key)
) {strict};
CREATE INDEX room_entry_at ON room_entry (at);
