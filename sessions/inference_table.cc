#include "sessions/inference_table.h"

#include <memory>
#include <nlohmann/json.hpp>

namespace anemon {
namespace {

constexpr size_t kRowBytes = 40;

SessionInference read(const Rows& rows) {
  SessionInference inference;
  inference.key = rows.integer(0);
  inference.model = rows.integer(1);
  inference.begins = SessionTime(rows.integer(2));
  inference.duration = Duration(rows.integer(3));
  inference.ok = rows.integer(4) != 0;
  if (rows.null(5)) return inference;
  const auto items = nlohmann::json::parse(rows.text(5), nullptr, false);
  for (const auto& [kind, count] : items.items()) {
    if (count.is_number_unsigned()) inference.items.emplace(kind, count.get<uint64_t>());
  }
  return inference;
}

}  // namespace

int64_t InferenceTable::model(int64_t session, const std::string& name,
                              const std::string& compute_unit) {
  {
    Rows rows =
        database_.query("SELECT key FROM model WHERE session = ? AND name = ? AND compute_unit = ?",
                        {session, name, compute_unit});
    if (rows.next()) return rows.integer(0);
  }
  {
    Rows rows = database_.query("SELECT count(*) FROM model WHERE session = ?", {session});
    if (rows.next() && rows.integer(0) >= kMaxModels) return 0;
  }
  database_.run("INSERT INTO model (session, name, compute_unit) VALUES (?, ?, ?)",
                {session, name, compute_unit});
  return database_.last_row();
}

size_t InferenceTable::add(const SessionInference& inference) {
  std::string items;
  if (!inference.items.empty()) items = nlohmann::json(inference.items).dump();
  database_.run("INSERT INTO inference (model, begins, duration, ok, items) VALUES (?, ?, ?, ?, ?)",
                {inference.model, int64_t{inference.begins.count()},
                 int64_t{inference.duration.count()}, int64_t{inference.ok},
                 items.empty() ? DatabaseValue(nullptr) : DatabaseValue(std::string_view(items))});
  return kRowBytes + items.size();
}

std::vector<SessionModel> InferenceTable::models(int64_t session) {
  std::vector<SessionModel> found;
  Rows rows = database_.query(
      "SELECT key, name, compute_unit FROM model WHERE session = ? ORDER BY name, compute_unit",
      {session});
  while (rows.next()) {
    found.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2))});
  }
  return found;
}

InferenceCursor InferenceTable::of_model(int64_t model) {
  const auto rows = std::make_shared<Rows>(database_.query(
      "SELECT key, model, begins, duration, ok, items FROM inference WHERE model = ? "
      "ORDER BY begins",
      {model}));
  return [rows](SessionInference& next) {
    if (!rows->next()) return false;
    next = read(*rows);
    return true;
  };
}

std::vector<SessionInference> InferenceTable::page(int64_t model, SessionTime begins, int64_t key,
                                                   int64_t limit) {
  std::vector<SessionInference> found;
  Rows rows = database_.query(
      "SELECT key, model, begins, duration, ok, items FROM inference "
      "WHERE model = ? AND (begins, key) > (?, ?) ORDER BY begins, key LIMIT ?",
      {model, int64_t{begins.count()}, key, limit});
  while (rows.next()) found.push_back(read(rows));
  return found;
}

}  // namespace anemon
