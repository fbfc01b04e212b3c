-- Documents that a registered reader attested for one person at one channel, for minutes (R41, scene no_reader). "mark" is the keyed digest of holder,
-- channel, item and value: the value itself stands nowhere. "spent" names the submission that used it. "mac" covers every other column.
CREATE TABLE document_reading (
  id      {blob}   NOT NULL PRIMARY KEY,
  client  {blob}   NOT NULL,
  holder  {blob}   NOT NULL,
  channel {blob}   NOT NULL,
  item    {text}   NOT NULL,
  mark    {blob}   NOT NULL,
  spent   {blob},
  until   {bigint} NOT NULL,
  mac     {blob}   NOT NULL
) {strict};
CREATE INDEX document_reading_mark ON document_reading (mark);
CREATE INDEX document_reading_until ON document_reading (until);
