-- Fails when the mart's counts, or the tiers' of a category, do not add up to the items.
with items as (select count(*) as n from {{ ref('stg_items') }}),
counted as (select coalesce(sum(item_count), 0) as n from {{ ref('item_metrics') }})
select 'all' as category, items.n, counted.n as counted
from items cross join counted
where items.n <> counted.n
union all
select category, item_count, premium_count + high_count + medium_count + standard_count
from {{ ref('item_metrics') }}
where item_count <> premium_count + high_count + medium_count + standard_count
