#include "include/CCSV.h"

#include <cctype>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>
#include <version>

namespace {

bool ends_line(const char *p) { return *p == '\n' || *p == '\r'; }

const char *skip_spaces(const char *p, const char *end) {
  while (p != end && *p == ' ') p++;
  return p;
}

/// Parses an integer of at most 18 digits, and returns its end; null if there is none.
const char *read_integer(const char *p, const char *end, int64_t *integer) {
  bool is_negative = p != end && *p == '-';
  if (p != end && (*p == '-' || *p == '+')) p++;
  const char *first = p;
  int64_t value = 0;
  for (; p != end; p++) {
    unsigned digit = (unsigned char)*p - '0';
    if (digit > 9) break;
    if (p - first == 18) return nullptr;
    value = value * 10 + digit;
  }
  *integer = is_negative ? -value : value;
  return p == first ? nullptr : p;
}

/// Parses a number, rounded to the nearest double, and returns its end; null if there is none.
const char *read_number(const char *p, const char *end, double *number) {
  if (p != end && *p == '+') {
    p++;
    if (p != end && *p == '-') return nullptr;
  }
#if defined(__cpp_lib_to_chars)
  auto [stop, error] = std::from_chars(p, end, *number);
  if (error == std::errc()) return stop;
  if (error != std::errc::result_out_of_range) return nullptr;
#endif
  // The number is out of range, for which strtod returns infinity or 0; or the library's from_chars does not
  // support floating point. strtod needs a terminating zero, and would accept hexadecimal numbers.
  const char *last = p;
  while (last != end && (isalnum((unsigned char)*last) || *last == '.' || *last == '-' || *last == '+')) {
    last++;
  }
  std::string text(p, last);
  if (text.empty() || text.find_first_of("xX") != text.npos) return nullptr;
  char *stop_text;
  *number = strtod(text.c_str(), &stop_text);
  return stop_text == text.c_str() ? nullptr : p + (stop_text - text.c_str());
}

}  // namespace

CSVEvent csv_end_field(
    CSVPlace *place, const char *end, char separator, int32_t column_count) {
  const char *p = place->position;
  bool is_last = place->column + 1 == column_count;
  if (p != end && *p == separator) {
    if (is_last) return CSV_LONG_ROW;
    place->position = p + 1;
    place->column++;
    return CSV_FIELD;
  }
  if (p != end && !ends_line(p)) return CSV_END;
  if (!is_last) return CSV_SHORT_ROW;
  if (p != end) p += *p == '\r' && p + 1 != end && p[1] == '\n' ? 2 : 1;
  place->position = p;
  place->column = 0;
  place->row++;
  return CSV_FIELD;
}

CSVEvent csv_read(
    CSVPlace *place, const char *end, char separator, const CSVColumnMemory *columns,
    int32_t column_count, long row_limit) {
  // Spaces around numbers are skipped unless they are the separator.
  bool may_skip = separator != ' ';
  for (;;) {
    if (place->column == 0) {
      const char *p = place->position;
      while (p != end && ends_line(p)) p++;
      place->position = p;
      if (p == end) return CSV_END;
      if (place->row == row_limit) return CSV_FULL;
    }
    CSVColumnMemory column = columns[place->column];
    const char *start = place->position;
    const char *p = may_skip && column.kind != CSV_TEXTS ? skip_spaces(start, end) : start;
    switch (column.kind) {
      case CSV_OTHER: return CSV_FIELD;
      case CSV_INTEGERS: p = read_integer(p, end, (int64_t *)column.values + place->row); break;
      case CSV_NUMBERS: p = read_number(p, end, (double *)column.values + place->row); break;
      case CSV_TEXTS:
        if (p != end && *p == '"') return CSV_FIELD;
        while (p != end && *p != separator && !ends_line(p)) p++;
        ((CSVSpan *)column.values)[place->row] = (CSVSpan){start, p - start};
        break;
    }
    if (!p) return CSV_FIELD;
    place->position = may_skip ? skip_spaces(p, end) : p;
    CSVEvent event = csv_end_field(place, end, separator, column_count);
    if (event == CSV_END) {
      // The field continues after what was parsed.
      place->position = start;
      return CSV_FIELD;
    }
    if (event != CSV_FIELD) return event;
  }
}

bool csv_parse_integer(const char *begin, const char *end, int64_t *integer) {
  const char *stop = read_integer(skip_spaces(begin, end), end, integer);
  return stop && skip_spaces(stop, end) == end;
}

bool csv_parse_number(const char *begin, const char *end, double *number) {
  const char *stop = read_number(skip_spaces(begin, end), end, number);
  return stop && skip_spaces(stop, end) == end;
}
