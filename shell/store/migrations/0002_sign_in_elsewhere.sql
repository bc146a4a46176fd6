-- Who a person is at a provider that the office signs in by. Issuer and subject together are a
-- name for good (OpenID Connect Core 1.0, 5.7); a person has one account at each issuer.

CREATE TABLE sign_in_elsewhere (
  issuer {text} NOT NULL,
  subject {text} NOT NULL,
  person {text} NOT NULL REFERENCES person (id),
  bound {int} NOT NULL,
  used {int} NOT NULL,
  PRIMARY KEY (issuer, subject),
  UNIQUE (person, issuer)
) {strict};
