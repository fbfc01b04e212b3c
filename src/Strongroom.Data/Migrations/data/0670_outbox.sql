-- Notices to people on their way out (R123). One row per notice and channel, written in the transaction of what it tells. Template,
-- ids, counts and times only: the address is looked up when it leaves, and no text is kept. "mac" binds the whole row.
CREATE TABLE outbox (
  id       {blob}   NOT NULL PRIMARY KEY,
  template {text}   NOT NULL,
  person   {blob}   NOT NULL,
  channel  {text}   NOT NULL,
  content  {text}   NOT NULL,
  created  {bigint} NOT NULL,
  due      {bigint} NOT NULL,
  attempts {bigint} NOT NULL,
  state    {text}   NOT NULL,
  failure  {text}   NOT NULL,
  ended    {bigint} NOT NULL,
  mac      {blob}   NOT NULL
) {strict};
CREATE INDEX outbox_due ON outbox (channel, state, due);
CREATE INDEX outbox_created ON outbox (created);
