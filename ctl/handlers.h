// What the commands do. Each returns the exit code, or throws for main to explain.
#pragma once

namespace anemon {

class Arguments;
struct Context;

int show_status(Context& context, const Arguments& arguments);
int show_top(Context& context, const Arguments& arguments);
int list_metrics(Context& context, const Arguments& arguments);
int watch_metrics(Context& context, const Arguments& arguments);
int show_power(Context& context, const Arguments& arguments);
int show_memory(Context& context, const Arguments& arguments);

int start_session(Context& context, const Arguments& arguments);
int stop_session(Context& context, const Arguments& arguments);
int list_sessions(Context& context, const Arguments& arguments);
int show_session(Context& context, const Arguments& arguments);
int annotate_session(Context& context, const Arguments& arguments);
int export_session(Context& context, const Arguments& arguments);
int remove_sessions(Context& context, const Arguments& arguments);
int run_measured(Context& context, const Arguments& arguments);
int record_trace(Context& context, const Arguments& arguments);
int decode_recording(Context& context, const Arguments& arguments);
int check_recording(Context& context, const Arguments& arguments);

int inspect_models(Context& context, const Arguments& arguments);
int show_model_cost(Context& context, const Arguments& arguments);
int place_models(Context& context, const Arguments& arguments);
int validate_models(Context& context, const Arguments& arguments);
int recommend_for_models(Context& context, const Arguments& arguments);
int compare_model_files(Context& context, const Arguments& arguments);

int profile_models(Context& context, const Arguments& arguments);
int profile_transformers(Context& context, const Arguments& arguments);
int profile_visions(Context& context, const Arguments& arguments);
int compare_model_engines(Context& context, const Arguments& arguments);
int sweep_model_batches(Context& context, const Arguments& arguments);
int profile_model_power(Context& context, const Arguments& arguments);
int profile_model_memory(Context& context, const Arguments& arguments);
int recommend_by_measuring(Context& context, const Arguments& arguments);
int monitor_program(Context& context, const Arguments& arguments);
int compare_two_models(Context& context, const Arguments& arguments);
int score_results(Context& context, const Arguments& arguments);
int report_result(Context& context, const Arguments& arguments);
int list_results(Context& context, const Arguments& arguments);
int show_result(Context& context, const Arguments& arguments);
int export_results(Context& context, const Arguments& arguments);
int remove_results(Context& context, const Arguments& arguments);

int install_service(Context& context, const Arguments& arguments);
int uninstall_service(Context& context, const Arguments& arguments);
int start_service(Context& context, const Arguments& arguments);
int stop_service(Context& context, const Arguments& arguments);
int restart_service(Context& context, const Arguments& arguments);
int show_service(Context& context, const Arguments& arguments);
int show_service_log(Context& context, const Arguments& arguments);

int run_doctor(Context& context, const Arguments& arguments);
int check_configuration(Context& context, const Arguments& arguments);
int show_configuration(Context& context, const Arguments& arguments);
int reload_configuration(Context& context, const Arguments& arguments);
int print_completion(Context& context, const Arguments& arguments);
int print_help(Context& context, const Arguments& arguments);

}  // namespace anemon
