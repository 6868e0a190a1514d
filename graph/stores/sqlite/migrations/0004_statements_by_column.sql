-- An actor's surroundings: who else has a position on an objective, who influences an actor.

CREATE INDEX position_column ON position (b);
CREATE INDEX influence_column ON influence (b);
