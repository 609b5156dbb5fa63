"""Files of lines, sections, users, crews, readings and outages on their way into the record."""
