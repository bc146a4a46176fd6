-- What judging counted in each hour, by scope ('state', or a jurisdiction): the past against which
-- an hour is held. Hours are whole ones since 1970 UTC; slot is the hour of the UTC day, by which
-- the same hour of many days is found. Only hours in which something was heard are here.

CREATE TABLE hour_count (
  hour {int} NOT NULL,
  scope {text} NOT NULL,
  slot {int} NOT NULL,
  records {int} NOT NULL,
  probes {int} NOT NULL,
  failed_logins {int} NOT NULL,
  exploits {int} NOT NULL,
  alerts {int} NOT NULL,
  PRIMARY KEY (hour, scope)
) {strict};
CREATE INDEX hour_slot ON hour_count (slot, hour);

-- What became of cases since somebody last looked: by rung, so that a storm of scans is not read.
CREATE INDEX case_step_at ON case_step (rung, at);
