-- What people did, by day, counted out of the log as it grows: last use and count of each right, and the measures that habits and alerts
-- rest on. Nothing here gives a right; when the tables are lost they are counted again from the log.
CREATE TABLE usage_day (
  person {blob}   NOT NULL,
  day    {bigint} NOT NULL,   -- days since 1970 at the company's place
  what   {text}   NOT NULL,   -- act:<fact> · auth:<authorisation> · list:<list> · m:<measure>
  n      {bigint} NOT NULL,
  last   {bigint} NOT NULL,   -- UTC milliseconds of the newest
  PRIMARY KEY (person, day, what)
) {strict};
CREATE INDEX usage_day_what ON usage_day (what, day);

-- Customers already counted for a person on a day; "subject" is the log's reference, not the customer.
CREATE TABLE usage_once (
  person  {blob}   NOT NULL,
  day     {bigint} NOT NULL,
  subject {blob}   NOT NULL,
  PRIMARY KEY (person, day, subject)
) {strict};

-- How far each chain of the log has been counted.
CREATE TABLE usage_mark (
  chain {bigint} NOT NULL PRIMARY KEY,
  seq   {bigint} NOT NULL
) {strict};
