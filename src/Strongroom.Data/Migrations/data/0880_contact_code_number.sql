-- Which number a code went to, and in which language: the number is told of the change once it is made. A code from before, good for ten minutes, fails its MAC.
ALTER TABLE contact_code ADD COLUMN to_record {blob};
ALTER TABLE contact_code ADD COLUMN to_item {text};
ALTER TABLE contact_code ADD COLUMN locale {text};
