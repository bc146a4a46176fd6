-- Every page counts the open cases, and a storm makes tens of thousands of them: what is counted is
-- found in the index, without the cases themselves.

CREATE INDEX case_counts ON incident_case (scope, standing, rung, handling, authorised, kind);

-- Where a record is kept is asked for each one that is sealed: found in the index, without the
-- batches themselves.
DROP INDEX batch_stream;
CREATE INDEX batch_place ON batch (stream, base, length, position);
