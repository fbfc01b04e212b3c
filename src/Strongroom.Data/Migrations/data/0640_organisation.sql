-- Who handles a record and who is named on controlled lists. Both columns stand under the row's MAC where they are set; rows from
-- before this migration have neither and keep their MAC: no unit means the head office, no list means none.
ALTER TABLE record ADD COLUMN unit {blob};
ALTER TABLE customer ADD COLUMN lists {blob};
