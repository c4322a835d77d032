-- One row a category. Items whose value was no number count, but add nothing to sums and averages.
select
    category,
    count(*) as item_count,
    count(*) filter (where is_active) as active_count,
    count(*) filter (where value is null) as without_value_count,
    sum(quantity) as total_quantity,
    min(value) as min_value,
    max(value) as max_value,
    avg(value) as avg_value,
    sum(total_value) as total_value,
    avg(total_value) as avg_total_value,
    sum(discounted_value) as discounted_value,
    count(*) filter (where tier = 'premium') as premium_count,
    count(*) filter (where tier = 'high') as high_count,
    count(*) filter (where tier = 'medium') as medium_count,
    count(*) filter (where tier = 'standard') as standard_count
from {{ ref('stg_items') }}
group by category
