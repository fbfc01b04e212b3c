-- One submission: through which form version, notice and channel it came, for which purposes, and by whom (R19, R20, R22, R26).
-- Values carry the intake's id, so this row says for what each of them was collected. "evidence" is sealed under the customer's keys;
-- "mac" covers every other column. Ids are 16 random bytes, instants UTC milliseconds; no value stands here.
CREATE TABLE intake (
  id             {blob}   NOT NULL PRIMARY KEY,
  customer       {blob}   NOT NULL,
  receipt        {blob}   NOT NULL,
  form           {text}   NOT NULL,
  form_version   {bigint} NOT NULL,
  channel        {blob}   NOT NULL,
  notice         {text}   NOT NULL,
  notice_version {bigint} NOT NULL,
  purposes       {text}   NOT NULL,
  actor_kind     {text}   NOT NULL,
  actor          {blob}   NOT NULL,
  at             {bigint} NOT NULL,
  evidence       {blob},
  mac            {blob}   NOT NULL
) {strict};
CREATE INDEX intake_customer ON intake (customer);
CREATE UNIQUE INDEX intake_receipt ON intake (receipt);

-- A customer was recognised by his document, and what was handed in with it differs from his profile. The new values lie sealed in a
-- record of their own, restricted and not findable, until a person has looked at them. "items" names keys, never values.
CREATE TABLE profile_review (
  id       {blob}   NOT NULL PRIMARY KEY,
  customer {blob}   NOT NULL,
  record   {blob}   NOT NULL,
  intake   {blob}   NOT NULL,
  items    {text}   NOT NULL,
  state    {text}   NOT NULL,
  created  {bigint} NOT NULL,
  decided  {bigint},
  by       {blob}
) {strict};
CREATE INDEX profile_review_customer ON profile_review (customer);
CREATE INDEX profile_review_open ON profile_review (created) WHERE state = 'open';
