-- Requests for approval are control rows; here stands only what finds them: whose, of which legal entity, and when the clock looks next.
-- No right follows from this table: every row found here is opened and checked as a control row.
CREATE TABLE approval_index (
  id        {blob}   NOT NULL PRIMARY KEY,
  entity    {blob}   NOT NULL,
  requester {blob}   NOT NULL,
  requested {bigint} NOT NULL,
  due       {bigint}
) {strict};
CREATE INDEX approval_index_entity ON approval_index (entity, requested);
CREATE INDEX approval_index_requester ON approval_index (requester, requested);
CREATE INDEX approval_index_due ON approval_index (due);
