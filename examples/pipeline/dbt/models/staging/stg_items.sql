-- The columns that the marts use, under the names and types they use.
select
    id as item_id,
    name as item_name,
    coalesce(category, 'none') as category,
    value::double precision as value,
    quantity,
    coalesce(is_active, false) as is_active,
    total_value,
    discounted_value,
    value_percentile,
    tier,
    processed_at
from {{ source('raw', 'raw_items') }}
