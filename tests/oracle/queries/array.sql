-- Elements of arrays.

-- name: try_element_at
SELECT try_element_at(array(1, 2, 3), 1), try_element_at(array(1, 2, 3), 3), try_element_at(array(1, 2, 3), 4), try_element_at(array(1, 2, 3), -1), try_element_at(array(1, 2, 3), -4), try_element_at(array('a', NULL), 2), try_element_at(array(1, 2), CAST(NULL AS INT)), try_element_at(array(1, 2), 2Y), try_element_at(array(1, 2), 1S), element_at(array(1, 2), 2S), try_element_at(split(NULL, ','), 1), try_element_at(array(), 1), try_element_at(array(1.5), 2147483647)

-- name: try_element_at_columns
SELECT id, try_element_at(split(s, 'a'), 2), try_element_at(split(s, 'a'), -1) FROM strs

-- name: try_element_at_zero
-- error: INVALID_PARAMETER_VALUE
SELECT try_element_at(array(1, 2, 3), 0)
