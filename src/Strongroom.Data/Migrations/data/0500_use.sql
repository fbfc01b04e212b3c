-- Counts of one period that bound what an actor may do (R42, R52): searches by the hour, customers revealed by the day, comparisons by
-- the hour. Raised in the transaction that writes the log entry; the log can always tell them again.
CREATE TABLE volume (
  whose  {blob}   NOT NULL,
  period {text}   NOT NULL,
  what   {text}   NOT NULL,
  n      {bigint} NOT NULL,
  until  {bigint} NOT NULL,
  PRIMARY KEY (whose, period, what)
) {strict};
CREATE INDEX volume_until ON volume (until);

-- What was already counted in the period: a customer opened twice in a day counts once.
CREATE TABLE volume_once (
  whose   {blob}   NOT NULL,
  period  {text}   NOT NULL,
  what    {text}   NOT NULL,
  subject {blob}   NOT NULL,
  until   {bigint} NOT NULL,
  PRIMARY KEY (whose, period, what, subject)
) {strict};
CREATE INDEX volume_once_until ON volume_once (until);

-- A call or visit being served (R118). "reference" is sealed, "matched" names what the caller proved (never a value), "mac" covers every
-- other column.
CREATE TABLE service_session (
  id        {blob}   NOT NULL PRIMARY KEY,
  version   {bigint} NOT NULL,
  holder    {blob}   NOT NULL,
  customer  {blob},
  purpose   {text}   NOT NULL,
  channel   {blob},
  reference {blob}   NOT NULL,
  tries     {bigint} NOT NULL,
  matched   {text}   NOT NULL,
  verified  {bigint},
  opened    {bigint} NOT NULL,
  until     {bigint} NOT NULL,
  mac       {blob}   NOT NULL
) {strict};
CREATE INDEX service_session_until ON service_session (until);
