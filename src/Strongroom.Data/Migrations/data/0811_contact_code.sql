-- Codes by which customers confirm a change of their number (domain.md §4, contact_change). "bound" is the keyed digest of the change, "hash" that of
-- the code together with everything it is good for; the code itself stands nowhere. "mac" covers every other column.
CREATE TABLE contact_code (
  id       {blob}   NOT NULL PRIMARY KEY,
  customer {blob}   NOT NULL,
  holder   {blob}   NOT NULL,
  bound    {text}   NOT NULL,
  hash     {blob}   NOT NULL,
  tries    {bigint} NOT NULL,
  used     {bigint},
  until    {bigint} NOT NULL,
  mac      {blob}   NOT NULL
) {strict};
CREATE INDEX contact_code_until ON contact_code (until);
