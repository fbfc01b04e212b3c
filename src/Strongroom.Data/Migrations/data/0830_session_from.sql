-- From which zone and on what kind of device a session was begun, for whoever watches sessions; bound by the session's MAC. Sessions from before this step go on without.
ALTER TABLE session ADD COLUMN zone {text};
ALTER TABLE session ADD COLUMN device {text};
