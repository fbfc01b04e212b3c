-- Sign-ins that a phone allowed and the screen has not taken yet. "approval" is sealed: who it is for.
CREATE TABLE qr_approved (
  ticket   {blob}   NOT NULL PRIMARY KEY,
  approval {blob}   NOT NULL,
  expires  {bigint} NOT NULL
) {strict};
