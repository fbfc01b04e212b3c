-- What each person opened last: an unreviewed emergency is found however much he has asked for since. The approval's own control row decides.
ALTER TABLE break_glass ADD COLUMN approval {blob};
