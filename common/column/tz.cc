/* Time zones over cctz: names, offsets, and a small cache of the rule in force. */
#include "common/column/tz.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

const q_tz q_tz_utc = {"UTC", true, 0, nullptr};

namespace
{
constexpr int64_t kMicros = 1000000;
constexpr int64_t kDay = 86400;
/* cctz knows transitions as a list only up to some year after 2400 and repeats 400 years beyond. */
constexpr int64_t kListedUntil = INT64_C(12000000000);
constexpr int32_t kMaxOffset = 18 * 3600;

using Seconds = cctz::time_point<cctz::seconds>;

Seconds at(int64_t utc_s)
{
    return Seconds(cctz::seconds(utc_s));
}

int64_t civil_seconds(const cctz::civil_second &c)
{
    return c - cctz::civil_second(1970, 1, 1, 0, 0, 0);
}

const cctz::time_zone &rules(const q_tz *tz)
{
    return *static_cast<const cctz::time_zone *>(tz->rules);
}

/* The span of time around the last question that has one offset. */
struct Span {
    const q_tz *tz = nullptr;
    int64_t from = 0, until = 0;
    int32_t offset = 0;
};
thread_local Span last;

void load_span(const q_tz *tz, int64_t utc_s)
{
    const cctz::time_zone &zone = rules(tz);
    last.tz = tz;
    last.offset = zone.lookup(at(utc_s)).offset;
    last.from = last.until = utc_s;
    if (utc_s > kListedUntil || utc_s < -kListedUntil * 20) {
        last.until = utc_s + 1;
        return;
    }
    cctz::time_zone::civil_transition t;
    last.until = zone.next_transition(at(utc_s), &t) ? civil_seconds(t.from) - last.offset
                                                     : kListedUntil + 1;
    last.from = zone.prev_transition(at(utc_s + 1), &t) ? civil_seconds(t.to) - last.offset
                                                        : -kListedUntil * 20;
}

bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Two digits, or one where `one` allows it, at *p. */
bool two_digits(const char **p, const char *end, bool one, int *out)
{
    if (*p == end || !digit(**p))
        return false;
    int v = *(*p)++ - '0';
    if (*p < end && digit(**p))
        v = v * 10 + *(*p)++ - '0';
    else if (!one)
        return false;
    *out = v;
    return true;
}

/* Java's alternative names of ZoneId.SHORT_IDS, which Spark accepts everywhere. */
const struct {
    const char *alias, *name;
} short_ids[] = {
    {"ACT", "Australia/Darwin"},
    {"AET", "Australia/Sydney"},
    {"AGT", "America/Argentina/Buenos_Aires"},
    {"ART", "Africa/Cairo"},
    {"AST", "America/Anchorage"},
    {"BET", "America/Sao_Paulo"},
    {"BST", "Asia/Dhaka"},
    {"CAT", "Africa/Harare"},
    {"CNT", "America/St_Johns"},
    {"CST", "America/Chicago"},
    {"CTT", "Asia/Shanghai"},
    {"EAT", "Africa/Addis_Ababa"},
    {"ECT", "Europe/Paris"},
    {"EST", "-05:00"},
    {"HST", "-10:00"},
    {"IET", "America/Indiana/Indianapolis"},
    {"IST", "Asia/Kolkata"},
    {"JST", "Asia/Tokyo"},
    {"MIT", "Pacific/Apia"},
    {"MST", "-07:00"},
    {"NET", "Asia/Yerevan"},
    {"NST", "Pacific/Auckland"},
    {"PLT", "Asia/Karachi"},
    {"PNT", "America/Phoenix"},
    {"PRT", "America/Puerto_Rico"},
    {"PST", "America/Los_Angeles"},
    {"SST", "Pacific/Guadalcanal"},
    {"VST", "Asia/Ho_Chi_Minh"},
};

std::string offset_name(int32_t s)
{
    if (s == 0)
        return "Z";
    char out[16];
    int a = s < 0 ? -s : s;
    int n = snprintf(out, sizeof out, "%c%02d:%02d", s < 0 ? '-' : '+', a / 3600, a / 60 % 60);
    if (a % 60)
        snprintf(out + n, sizeof out - static_cast<size_t>(n), ":%02d", a % 60);
    return out;
}

/* java.time's syntax of region names, without what only the file system or cctz would know. */
bool region_name_ok(const std::string &s)
{
    if (s.size() < 2 || s.size() > 64 || !isalpha(static_cast<unsigned char>(s[0])))
        return false;
    for (char c : s) {
        if (!isalnum(static_cast<unsigned char>(c)) && !strchr("~/._+-", c))
            return false;
    }
    for (const char *no : {"..", "Fixed/", "posix", "right/", "localtime", "Factory"}) {
        if (s.find(no) != std::string::npos)
            return false;
    }
    return true;
}

bool resolve(const std::string &name, q_tz *out, std::string *id)
{
    int32_t offset;
    out->fixed = true;
    out->rules = nullptr;
    if (q_tz_parse_offset(name.data(), name.size(), &offset)) {
        out->offset_s = offset;
        *id = offset_name(offset);
        return true;
    }
    for (const char *prefix : {"UTC", "GMT", "UT"}) {
        size_t n = strlen(prefix);
        if (name.compare(0, n, prefix) != 0)
            continue;
        if (name.size() == n) {
            out->offset_s = 0;
            *id = prefix;
            return true;
        }
        if ((name[n] == '+' || name[n] == '-') &&
            q_tz_parse_offset(name.data() + n, name.size() - n, &offset)) {
            out->offset_s = offset;
            *id = offset ? prefix + offset_name(offset) : prefix;
            return true;
        }
    }
    cctz::time_zone zone;
    if (!region_name_ok(name) || !cctz::load_time_zone(name, &zone))
        return false;
    out->fixed = false;
    out->offset_s = 0;
    out->rules = new cctz::time_zone(zone);
    *id = name;
    return true;
}

/* Zones found so far; they live as long as the process. */
std::mutex known_mutex;
std::map<std::string, const q_tz *> *known;

const q_tz *find_locked(const std::string &name)
{
    if (!known)
        known = new std::map<std::string, const q_tz *>();
    auto it = known->find(name);
    if (it != known->end())
        return it->second;
    q_tz tz;
    std::string id;
    if (!resolve(name, &tz, &id))
        return nullptr;
    tz.name = strdup(id.c_str());
    const q_tz *kept = new q_tz(tz);
    (*known)[name] = kept;
    return kept;
}
} // namespace

bool q_tz_parse_offset(const char *s, size_t n, int32_t *offset_s)
{
    const char *p = s, *end = s + n;
    if (n == 1 && *s == 'Z') {
        *offset_s = 0;
        return true;
    }
    if (n < 2 || n > 9 || (*p != '+' && *p != '-'))
        return false;
    bool negative = *p++ == '-';
    int h = 0, m = 0, sec = 0;
    const char *digits = p;
    if (!two_digits(&p, end, true, &h))
        return false;
    bool one_digit = p - digits == 1;
    if (p < end && *p == ':') {
        p++;
        const char *minutes = p;
        if (!two_digits(&p, end, true, &m) || (p - minutes == 1 && p != end))
            return false;
        if (p < end && (*p++ != ':' || !two_digits(&p, end, false, &sec)))
            return false;
    } else if (p < end) {
        if (one_digit || !two_digits(&p, end, false, &m))
            return false;
        if (p < end && !two_digits(&p, end, false, &sec))
            return false;
    }
    int32_t total = h * 3600 + m * 60 + sec;
    if (p != end || m > 59 || sec > 59 || total > kMaxOffset)
        return false;
    *offset_s = negative ? -total : total;
    return true;
}

const q_tz *q_tz_find(const char *name, size_t n)
{
    thread_local std::string last_name;
    thread_local const q_tz *last_found = nullptr;
    if (last_found && last_name.size() == n && memcmp(last_name.data(), name, n) == 0)
        return last_found;
    if (n == 0 || n > 64)
        return nullptr;
    std::string key(name, n);
    for (const auto &e : short_ids) {
        if (key == e.alias)
            key = e.name;
    }
    std::lock_guard<std::mutex> hold(known_mutex);
    const q_tz *found = find_locked(key);
    if (found) {
        last_name.assign(name, n);
        last_found = found;
    }
    return found;
}

int32_t q_tz_rules_offset_at(const q_tz *tz, int64_t utc_s)
{
    if (last.tz != tz || utc_s < last.from || utc_s >= last.until)
        load_span(tz, utc_s);
    return last.offset;
}

int64_t q_tz_rules_to_utc(const q_tz *tz, int64_t local_us)
{
    int64_t local_s = q_floor_div(local_us, kMicros);
    int64_t guess = local_s - last.offset;
    /* More than a day from the next transition there is no gap or overlap to think of. */
    if (last.tz != tz || guess < last.from + 2 * kDay || guess >= last.until - 2 * kDay) {
        cctz::civil_second c = cctz::civil_second(1970, 1, 1, 0, 0, 0) + local_s;
        guess =
            std::chrono::duration_cast<cctz::seconds>(rules(tz).lookup(c).pre.time_since_epoch())
                .count();
        q_tz_rules_offset_at(tz, guess);
    }
    return static_cast<int64_t>(static_cast<uint64_t>(local_us) -
                                static_cast<uint64_t>((local_s - guess) * kMicros));
}

size_t q_tz_abbreviation(const q_tz *tz, int64_t utc_s, char out[16])
{
    if (tz->fixed)
        return static_cast<size_t>(snprintf(out, 16, "%.15s", tz->name));
    return static_cast<size_t>(snprintf(out, 16, "%.15s", rules(tz).lookup(at(utc_s)).abbr));
}
