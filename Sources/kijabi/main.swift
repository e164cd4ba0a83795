// composition
