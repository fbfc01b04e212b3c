-- Work orders by the keyed hash of their ticket's number, and who opened the glass last: signposts and locks. What counts is the approval's
-- own control row, which names the number's hash again; no right follows from these tables.
CREATE TABLE work_order (
  number   {blob} NOT NULL PRIMARY KEY,
  approval {blob} NOT NULL
) {strict};
CREATE TABLE break_glass (
  person {blob}   NOT NULL PRIMARY KEY,
  opened {bigint} NOT NULL
) {strict};
