#include "profiler/history/history.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/clock.h"
#include "core/database.h"
#include "core/dated_id.h"
#include "core/json_access.h"
#include "core/time_expression.h"
#include "platform/default_paths.h"
#include "profiler/history/history_schema.h"

namespace anemon::profiler {
namespace {

constexpr size_t kNamed = 5;  // ids that a message lists

// What one does about it; by then the message has named the file.
std::string hint_of(const DatabaseError& error, const std::filesystem::path& file) {
  switch (error.cause()) {
    case DatabaseError::Cause::corrupt:
      return fmt::format("it is left as it is: move it away, mv '{0}' '{0}.broken'", file.string());
    case DatabaseError::Cause::full:
      return "make room, or set ANEMON_RESULTS to a file elsewhere";
    default:
      return "set ANEMON_RESULTS to another file";
  }
}

// A number, or an estimate's value.
DatabaseValue column(const Json& document, const char* pointer) {
  const Json& found = at(document, pointer);
  const Json& value = found.is_object() ? at(found, "/value") : found;
  return value.is_number() ? DatabaseValue(value.get<double>()) : DatabaseValue(nullptr);
}

std::optional<double> real(const Rows& rows, int index) {
  return rows.null(index) ? std::nullopt : std::optional(rows.real(index));
}

std::string utc(const std::string& instant) {
  const auto parsed = parse_time(instant, Duration::zero());
  if (!parsed) {
    throw Error(fmt::format("{}: not a time", instant), "RFC 3339, as 2026-11-22T14:51:02Z");
  }
  return format_time(*parsed);
}

constexpr std::string_view kByName =
    "SELECT id FROM result WHERE substr(id, 1, length(?1)) = ?1 OR substr(id, -?2) = ?1 "
    "ORDER BY id = ?1 DESC, key DESC LIMIT ?3";

}  // namespace

struct ResultHistory::State {
  std::filesystem::path file;
  std::unique_ptr<Database> database;

  template <class Work>
  auto guarded(const Work& work) {
    try {
      return work();
    } catch (const DatabaseError& error) {
      throw Error(error.what(), hint_of(error, file));
    }
  }
};

std::filesystem::path default_history_file() {
  const char* given = std::getenv("ANEMON_RESULTS");
  if (given != nullptr && *given != '\0') return given;
  return user_data_dir() / "results.db";
}

ResultHistory::ResultHistory(const std::filesystem::path& file) : state_(new State) {
  state_->file = std::filesystem::absolute(file);
  state_->guarded([&] { state_->database = open_history(state_->file); });
}

ResultHistory::~ResultHistory() = default;

std::string ResultHistory::keep(Json& result) {
  return state_->guarded([&] {
    Database& database = *state_->database;
    const Duration now = SystemClock().now().wall;
    // Instants are compared as text: all in the same form.
    const auto made = parse_time(text(result, "/created"), now);
    const std::string created = format_time(made.value_or(now));
    if (!made) result["created"] = created;
    Transaction transaction(database);
    std::string id;
    do {
      id = new_dated_id(now);
    } while (database.query("SELECT 1 FROM result WHERE id = ?", {id}).next());
    result["id"] = id;
    // Bytes that are not UTF-8 came from a model's name; they must not hide the rest.
    const std::string document = result.dump(-1, ' ', false, Json::error_handler_t::replace);
    const Json clean = Json::parse(document);
    const std::string kind = text(clean, "/kind"), outcome = text(clean, "/outcome/state"),
                      model = text(clean, "/model/name"), hash = text(clean, "/model/hash"),
                      engine = text(clean, "/environment/engine"),
                      units = text(clean, "/environment/compute_units"),
                      chip = text(clean, "/environment/chip"), os = text(clean, "/environment/os"),
                      os_version = text(clean, "/environment/os_version");
    database.run(
        "INSERT INTO result (id, created, kind, outcome, model, model_hash, engine, compute_units, "
        "chip, os, os_version, inference_time_ms, inferences_per_second, "
        "energy_per_inference_joules, score, document) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {id, created, kind, outcome, model, hash, engine, units, chip, os, os_version,
         column(clean, "/timing/inference_time_ms"),
         column(clean, "/throughput/inferences_per_second"),
         column(clean, "/power/energy_per_inference_joules"), column(clean, "/score/score"),
         document});
    transaction.commit();
    return id;
  });
}

std::string ResultHistory::find(std::string_view name) const {
  return state_->guarded([&]() -> std::string {
    Database& database = *state_->database;
    if (name == "last") {
      Rows rows = database.query("SELECT id FROM result ORDER BY key DESC LIMIT 1");
      if (rows.next()) return std::string(rows.text(0));
      throw NoSuchResult(fmt::format("{}: no result is kept yet", state_->file.string()),
                         "anemonctl profile model FILE");
    }
    std::vector<std::string> found;
    if (!name.empty()) {
      Rows rows = database.query(kByName, {name, int64_t{kDatedIdLetters}, int64_t{kNamed + 1}});
      while (rows.next()) found.emplace_back(rows.text(0));
    }
    if (found.size() == 1 || (!found.empty() && found.front() == name)) return found.front();
    if (found.empty()) {
      Rows rows =
          database.query("SELECT id FROM result ORDER BY key DESC LIMIT ?", {int64_t{kNamed}});
      while (rows.next()) found.emplace_back(rows.text(0));
      throw NoSuchResult(fmt::format("{}: no result of that id in {}", name, state_->file.string()),
                         found.empty() ? "none is kept yet: anemonctl profile model FILE"
                                       : fmt::format("the newest: {}", fmt::join(found, ", ")));
    }
    const bool more = found.size() > kNamed;
    if (more) found.pop_back();
    throw NoSuchResult(fmt::format("{}: several results have ids like that", name),
                       fmt::format("{}{}", fmt::join(found, ", "), more ? ", ..." : ""));
  });
}

Json ResultHistory::get(std::string_view name) const {
  const std::string id = find(name);
  return state_->guarded([&] {
    Rows rows =
        state_->database->query("SELECT document FROM result WHERE id = ?", {std::string_view(id)});
    Json document;
    if (rows.next()) document = Json::parse(rows.text(0), nullptr, false);
    if (!document.is_object()) {
      throw Error(fmt::format("{}: result {} is damaged", state_->file.string(), id),
                  "anemonctl results rm " + id);
    }
    return document;
  });
}

std::vector<KeptResult> ResultHistory::list(const ResultFilter& filter) const {
  const std::string since = filter.since.empty() ? "" : utc(filter.since);
  return state_->guarded([&] {
    Rows rows = state_->database->query(
        "SELECT id, created, kind, outcome, model, model_hash, engine, compute_units, chip, os, "
        "os_version, inference_time_ms, inferences_per_second, energy_per_inference_joules, score "
        "FROM result WHERE (?1 = '' OR model = ?1 OR substr(model_hash, 1, length(?1)) = ?1) "
        "AND (?2 = '' OR kind = ?2) AND (?3 = '' OR engine = ?3 OR engine LIKE ?3 || ' (%') "
        "AND (?4 = '' OR chip = ?4 OR chip = 'Apple ' || ?4) AND created >= ?5 "
        "ORDER BY key DESC LIMIT ?6",
        {filter.model, filter.kind, filter.engine, filter.chip, since, filter.limit.value_or(-1)});
    std::vector<KeptResult> found;
    while (rows.next()) {
      const auto word = [&](int index) { return std::string(rows.text(index)); };
      found.push_back({word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7),
                       word(8), word(9), word(10), real(rows, 11), real(rows, 12), real(rows, 13),
                       real(rows, 14)});
    }
    return found;
  });
}

void ResultHistory::remove(std::string_view name) {
  const std::string id = find(name);
  state_->guarded(
      [&] { state_->database->run("DELETE FROM result WHERE id = ?", {std::string_view(id)}); });
}

}  // namespace anemon::profiler
