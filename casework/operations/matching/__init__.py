"""From a need to what may meet it: ranked lists, runs that can be replayed, and what was decided on them."""
