-- The desk: office, people, sensors, records, cases, audit.
-- One text for both engines: {int} {bytes} {text} {strict} are put in by migrate.rs.
-- Times are microseconds since 1970 UTC; truths are 0 or 1; hashes are SHA-256.
-- What is long stands last: SQLite reads a row from its front.

CREATE TABLE meta (
  key {text} PRIMARY KEY,
  value {text} NOT NULL
) {strict};

CREATE TABLE jurisdiction (
  id {text} PRIMARY KEY,
  name {text} NOT NULL,
  kind {text} NOT NULL,
  counties {text} NOT NULL
) {strict};

CREATE TABLE organisation (
  id {text} PRIMARY KEY,
  kind {text} NOT NULL,
  name {text} NOT NULL,
  jurisdiction {text} REFERENCES jurisdiction (id)
) {strict};

CREATE TABLE person (
  id {text} PRIMARY KEY,
  name {text} NOT NULL,
  email {text} NOT NULL UNIQUE,
  role {text} NOT NULL,
  organisation {text} NOT NULL REFERENCES organisation (id),
  jurisdiction {text} REFERENCES jurisdiction (id),
  password {text},
  active {int} NOT NULL CHECK (active IN (0, 1)),
  created {int} NOT NULL,
  last_sign_in {int}
) {strict};

CREATE TABLE passkey (
  id {text} PRIMARY KEY,
  person {text} NOT NULL REFERENCES person (id),
  label {text} NOT NULL,
  credential {text} NOT NULL,
  created {int} NOT NULL,
  used {int}
) {strict};
CREATE INDEX passkey_person ON passkey (person);

CREATE TABLE totp (
  person {text} PRIMARY KEY REFERENCES person (id),
  sealed {bytes} NOT NULL,
  confirmed {int} NOT NULL CHECK (confirmed IN (0, 1)),
  last_step {int} NOT NULL
) {strict};

CREATE TABLE recovery_code (
  person {text} NOT NULL REFERENCES person (id),
  hash {bytes} NOT NULL,
  used {int},
  PRIMARY KEY (person, hash)
) {strict};

CREATE TABLE invitation (
  id {text} PRIMARY KEY,
  hash {bytes} NOT NULL UNIQUE,
  name {text} NOT NULL,
  email {text} NOT NULL,
  role {text} NOT NULL,
  organisation {text} NOT NULL REFERENCES organisation (id),
  jurisdiction {text} REFERENCES jurisdiction (id),
  invited_by {text} NOT NULL,
  created {int} NOT NULL,
  expires {int} NOT NULL,
  used {int}
) {strict};

CREATE TABLE session (
  hash {bytes} PRIMARY KEY,
  id {text} NOT NULL UNIQUE,
  person {text} NOT NULL REFERENCES person (id),
  stage {text} NOT NULL,
  csrf {bytes} NOT NULL,
  created {int} NOT NULL,
  seen {int} NOT NULL,
  expires {int} NOT NULL,
  confirmed {int},
  address {text} NOT NULL,
  agent {text} NOT NULL
) {strict};
CREATE INDEX session_person ON session (person);

CREATE TABLE token (
  hash {bytes} PRIMARY KEY,
  id {text} NOT NULL UNIQUE,
  name {text} NOT NULL,
  role {text} NOT NULL,
  jurisdiction {text} REFERENCES jurisdiction (id),
  made_by {text} NOT NULL,
  created {int} NOT NULL,
  expires {int} NOT NULL,
  used {int},
  ended {int}
) {strict};

CREATE TABLE enrolment (
  hash {bytes} PRIMARY KEY,
  id {text} NOT NULL UNIQUE,
  name {text} NOT NULL,
  jurisdiction {text} NOT NULL REFERENCES jurisdiction (id),
  made_by {text} NOT NULL,
  created {int} NOT NULL,
  expires {int} NOT NULL,
  used {int},
  sensor {text}
) {strict};

CREATE TABLE sensor (
  id {text} PRIMARY KEY,
  name {text} NOT NULL,
  jurisdiction {text} NOT NULL REFERENCES jurisdiction (id),
  public_key {bytes} NOT NULL,
  enrolled {int} NOT NULL,
  retired {int},
  sequence {int} NOT NULL,
  heard {int} NOT NULL,
  newest {int} NOT NULL,
  drift {int} NOT NULL,
  waiting {int} NOT NULL,
  dropped {int} NOT NULL,
  records {int} NOT NULL,
  bytes {int} NOT NULL,
  report {text} NOT NULL
) {strict};

CREATE TABLE stream (
  id {int} PRIMARY KEY,
  sensor {text} NOT NULL REFERENCES sensor (id),
  name {text} NOT NULL,
  generation {int} NOT NULL,
  format {text} NOT NULL,
  first {int} NOT NULL,
  newest {int} NOT NULL,
  records {int} NOT NULL,
  bytes {int} NOT NULL,
  head {bytes} NOT NULL,
  UNIQUE (sensor, name, generation)
) {strict};

CREATE TABLE batch (
  position {int} PRIMARY KEY,
  sensor {text} NOT NULL,
  sequence {int} NOT NULL,
  stream {int} NOT NULL REFERENCES stream (id),
  base {int} NOT NULL,
  length {int} NOT NULL,
  records {int} NOT NULL,
  received {int} NOT NULL,
  sha256 {bytes} NOT NULL,
  body {bytes} NOT NULL,
  UNIQUE (sensor, sequence)
) {strict};
CREATE INDEX batch_stream ON batch (stream, base);
-- Holds what the count of an hour needs, so that it reads no body.
CREATE INDEX batch_received ON batch (received, sensor, records);

-- A case as one scope sees it: 'state', or a jurisdiction. What judgement says of it is in
-- standing ('open', 'gone', 'merged'), what people made of it in handling ('open', 'watched',
-- 'closed') with their reason. The body is all of it, JSON.
CREATE TABLE incident_case (
  id {text} PRIMARY KEY,
  scope {text} NOT NULL,
  kind {text} NOT NULL,
  rung {int} NOT NULL,
  title {text} NOT NULL,
  opened {int} NOT NULL,
  updated {int} NOT NULL,
  first {int} NOT NULL,
  last {int} NOT NULL,
  records {int} NOT NULL,
  authorised {int} NOT NULL CHECK (authorised IN (0, 1)),
  standing {text} NOT NULL,
  handling {text} NOT NULL,
  reason {text} NOT NULL,
  jurisdictions {text} NOT NULL,
  body {text} NOT NULL
) {strict};
CREATE INDEX case_scope ON incident_case (scope, rung, updated);

CREATE TABLE case_step (
  case_id {text} NOT NULL REFERENCES incident_case (id),
  number {int} NOT NULL,
  at {int} NOT NULL,
  rung {int} NOT NULL,
  what {text} NOT NULL,
  PRIMARY KEY (case_id, number)
) {strict};

-- Raw records that a case stands on, kept when the rest is deleted.
CREATE TABLE evidence (
  case_id {text} NOT NULL REFERENCES incident_case (id),
  stream {int} NOT NULL REFERENCES stream (id),
  place {int} NOT NULL,
  at {int} NOT NULL,
  shows {text} NOT NULL,
  line {bytes} NOT NULL,
  sha256 {bytes} NOT NULL,
  PRIMARY KEY (case_id, stream, place)
) {strict};

CREATE TABLE audit (
  number {int} PRIMARY KEY,
  at {int} NOT NULL,
  actor {text} NOT NULL,
  actor_name {text} NOT NULL,
  act {text} NOT NULL,
  object {text} NOT NULL,
  detail {text} NOT NULL,
  address {text} NOT NULL,
  hash {bytes} NOT NULL
) {strict};
CREATE INDEX audit_actor ON audit (actor, at);
CREATE INDEX audit_act ON audit (act, at);
CREATE INDEX audit_object ON audit (object, at);
