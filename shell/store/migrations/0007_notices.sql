-- Notices: what people are told by e-mail, and programs by webhook. An event is put down in the
-- transaction of what it is about, so that none is missed and none comes twice. Who hears of it is
-- worked out from the events that are not spread yet. A message holds one or more of what waits for
-- one recipient: a person's id, or webhook: and its name.

CREATE TABLE notice_event (
  number {int} PRIMARY KEY,
  key {text} NOT NULL UNIQUE,
  at {int} NOT NULL,
  topic {text} NOT NULL,
  rung {int},
  scope {text},
  object {text} NOT NULL,
  actor {text} NOT NULL,
  spread {int} NOT NULL CHECK (spread IN (0, 1)),
  title {text} NOT NULL,
  because {text} NOT NULL,
  places {text} NOT NULL
) {strict};
CREATE INDEX notice_event_spread ON notice_event (spread, number);

-- An empty message means that it waits. The count is more than one where others like it came while
-- too many waited to name each.
CREATE TABLE notice (
  recipient {text} NOT NULL,
  event {int} NOT NULL REFERENCES notice_event (number),
  urgent {int} NOT NULL CHECK (urgent IN (0, 1)),
  count {int} NOT NULL,
  message {text} NOT NULL,
  PRIMARY KEY (recipient, event)
) {strict};
CREATE INDEX notice_message_holds ON notice (message, recipient, event);
CREATE INDEX notice_of_event ON notice (event);

-- Its state is 'open', 'sent' or 'failed'; done is when it came to its end, 0 before.
CREATE TABLE notice_message (
  id {text} PRIMARY KEY,
  recipient {text} NOT NULL,
  made {int} NOT NULL,
  state {text} NOT NULL,
  due {int} NOT NULL,
  tries {int} NOT NULL,
  done {int} NOT NULL,
  failure {text} NOT NULL
) {strict};
CREATE INDEX notice_message_state ON notice_message (state, due);
CREATE INDEX notice_message_done ON notice_message (state, done, recipient);
CREATE INDEX notice_message_recipient ON notice_message (recipient, made);

-- What somebody wishes to be told, JSON; nothing is what their role usually is.
CREATE TABLE notice_wish (
  person {text} PRIMARY KEY REFERENCES person (id),
  wishes {text} NOT NULL
) {strict};
