-- Things that people have to look at: lines of access reviews, findings, alerts, entries drawn for checking (R36, R39, R52–R54). "content"
-- is JSON without personal values in clear, "mac" binds the whole row, and the log entry of each change carries the row's digest.
CREATE TABLE case_row (
  kind    {text}   NOT NULL,
  id      {blob}   NOT NULL,
  parent  {blob},              -- the review, run or check it belongs to
  person  {blob},              -- whom it concerns
  state   {text}   NOT NULL,
  sort    {bigint} NOT NULL,   -- the order in which people see them
  version {bigint} NOT NULL,
  changed {bigint} NOT NULL,
  content {text}   NOT NULL,
  mac     {blob}   NOT NULL,
  PRIMARY KEY (kind, id)
) {strict};
CREATE INDEX case_row_parent ON case_row (kind, parent, sort, id);
CREATE INDEX case_row_state ON case_row (kind, state, sort, id);
