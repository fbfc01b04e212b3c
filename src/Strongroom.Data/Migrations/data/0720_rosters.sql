-- Which days of which rosters there are. What a day says stands in control rows, and no right follows from this table: it only finds
-- the few days that are read into the policy of a configuration epoch. "day" counts days since 1970-01-01.
CREATE TABLE roster_day (
  id     {blob}   NOT NULL PRIMARY KEY,
  roster {text}   NOT NULL,
  day    {bigint} NOT NULL
) {strict};
CREATE INDEX roster_day_day ON roster_day (day);
