-- What people make of a case, as far as lists need it; the words stand in the room's logs.
--
-- desk_rung and desk_into are what the desk put down against judgement, each with the rung that
-- judgement had then. seen and merged_into are what counts of both: whoever writes the one or the
-- other works them out again.

ALTER TABLE incident_case ADD COLUMN owner {text};
ALTER TABLE incident_case ADD COLUMN desk_rung {int};
ALTER TABLE incident_case ADD COLUMN desk_judged {int};
ALTER TABLE incident_case ADD COLUMN desk_into {text};
ALTER TABLE incident_case ADD COLUMN desk_into_judged {int};
ALTER TABLE incident_case ADD COLUMN seen {int} NOT NULL DEFAULT 0;
ALTER TABLE incident_case ADD COLUMN merged_into {text};
ALTER TABLE incident_case ADD COLUMN split_from {text};
-- The one jurisdiction that it touches, '+' when it is several, nothing when it is none.
ALTER TABLE incident_case ADD COLUMN place {text} NOT NULL DEFAULT '';
-- What is long stands last again: SQLite reads a row from its front.
ALTER TABLE incident_case ADD COLUMN long {text} NOT NULL DEFAULT '';

UPDATE incident_case SET long = body, seen = rung, place = CASE
  WHEN replace(jurisdictions, ',,', '') <> jurisdictions THEN '+'
  ELSE replace(jurisdictions, ',', '') END;
ALTER TABLE incident_case DROP COLUMN body;
ALTER TABLE incident_case RENAME COLUMN long TO body;

-- A storm makes tens of thousands of cases, and every page counts and folds them: by the index
-- alone.
DROP INDEX case_counts;
DROP INDEX case_scope;
CREATE INDEX case_queue ON incident_case
  (scope, standing, merged_into, seen, handling, authorised, kind, place, owner, opened, last, id);
CREATE INDEX case_scope ON incident_case (scope, seen, updated);
CREATE INDEX case_merged ON incident_case (merged_into);
CREATE INDEX case_alike ON incident_case (scope, kind, handling, last);
