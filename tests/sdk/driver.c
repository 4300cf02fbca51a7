/* A program in C that reports inferences as it is told on its standard input, one command a line,
 * with one line of answer each. client_test.py drives it beside real daemons. */
#include <anemon/client.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kMaxModels = 16, kMaxWords = 16, kMaxThreads = 16 };

static const anemon_model* models[kMaxModels];
static size_t model_count;
static anemon_session* session;

struct results {
  unsigned long ok, ignored, dropped, other;
};

struct work {
  unsigned long count;
  struct results results;
};

static void report(unsigned long count, uint64_t duration, int ok, const uint64_t* items,
                   struct results* results) {
  for (unsigned long i = 0; i < count; ++i) {
    switch (anemon_inference(models[model_count - 1], duration, ok, items)) {
      case ANEMON_OK:
        ++results->ok;
        break;
      case ANEMON_NOT_LISTENING:
        ++results->ignored;
        break;
      case ANEMON_DROPPED:
        ++results->dropped;
        break;
      default:
        ++results->other;
    }
  }
}

static void* report_on_thread(void* argument) {
  struct work* work = argument;
  report(work->count, 1000, 1, NULL, &work->results);
  return NULL;
}

static void print_results(const struct results* results) {
  printf("ok=%lu ignored=%lu dropped=%lu other=%lu\n", results->ok, results->ignored,
         results->dropped, results->other);
}

static void report_on_threads(unsigned long threads, unsigned long count) {
  pthread_t ids[kMaxThreads];
  struct work work[kMaxThreads];
  struct results all = {0, 0, 0, 0};
  memset(work, 0, sizeof work);
  for (unsigned long i = 0; i < threads; ++i) {
    work[i].count = count;
    pthread_create(&ids[i], NULL, report_on_thread, &work[i]);
  }
  for (unsigned long i = 0; i < threads; ++i) {
    pthread_join(ids[i], NULL);
    all.ok += work[i].results.ok;
    all.ignored += work[i].results.ignored;
    all.dropped += work[i].results.dropped;
    all.other += work[i].results.other;
  }
  print_results(&all);
}

static void start(char** words, int count) {
  anemon_options options;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  for (int i = 1; i < count; ++i) {
    char* value = strchr(words[i], '=');
    if (value == NULL) continue;
    *value++ = '\0';
    const unsigned long number = strtoul(value, NULL, 10);
    if (strcmp(words[i], "socket") == 0) options.socket = value;
    if (strcmp(words[i], "capacity") == 0) options.queue_capacity = (uint32_t)number;
    if (strcmp(words[i], "send") == 0) options.send_interval_ms = (uint32_t)number;
    if (strcmp(words[i], "look") == 0) options.look_interval_ms = (uint32_t)number;
    if (strcmp(words[i], "answer") == 0) options.answer_timeout_ms = (uint32_t)number;
    if (strcmp(words[i], "patience") == 0) options.patience_ms = (uint32_t)number;
    if (strcmp(words[i], "exit") == 0) options.exit_flush_ms = (uint32_t)number;
  }
  printf("%d\n", (int)anemon_start(&options));
}

static void print_counters(void) {
  anemon_counters c;
  anemon_read_counters(&c);
  printf("queued=%llu dropped=%llu accepted=%llu refused=%llu lost=%llu waiting=%llu\n",
         (unsigned long long)c.queued, (unsigned long long)c.dropped,
         (unsigned long long)c.accepted, (unsigned long long)c.refused, (unsigned long long)c.lost,
         (unsigned long long)c.waiting);
}

/* The child reports without a start, then after one, and tells of both on the same line. */
static void in_child(unsigned long count) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    struct results before = {0, 0, 0, 0}, after = {0, 0, 0, 0};
    anemon_counters counters;
    anemon_model_register("of the child", "cpu", NULL, 0);
    const anemon_state state = anemon_read_state(NULL, 0);
    report(count, 1000, 1, NULL, &before);
    anemon_start(NULL);
    while (!anemon_listening()) {
      const struct timespec moment = {0, 5000000};
      nanosleep(&moment, NULL);
    }
    report(count, 1000, 1, NULL, &after);
    const anemon_result flushed = anemon_flush(20000);
    const anemon_result ended = session == NULL ? ANEMON_OK : anemon_session_end(session, 100);
    anemon_read_counters(&counters);
    printf("state=%d before=%lu after=%lu flushed=%d accepted=%llu ended=%d\n", (int)state,
           before.ok, after.ok, (int)flushed, (unsigned long long)counters.accepted, (int)ended);
    exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) printf("the child ended with %d\n", status);
}

static void run(char** words, int count) {
  const char* command = words[0];
  const unsigned long first = count > 1 ? strtoul(words[1], NULL, 10) : 0;
  const unsigned long second = count > 2 ? strtoul(words[2], NULL, 10) : 0;
  if (strcmp(command, "start") == 0) {
    start(words, count);
  } else if (strcmp(command, "register") == 0) {
    const anemon_model* model = anemon_model_register(
        words[1], words[2], (const char* const*)words + 3, (size_t)(count - 3));
    if (model != NULL) models[model_count++] = model;
    printf("%s\n", model != NULL ? "registered" : anemon_last_error());
  } else if (strcmp(command, "report") == 0) {
    struct results results = {0, 0, 0, 0};
    uint64_t items[ANEMON_MAX_ITEM_KINDS] = {0};
    for (int i = 4; i < count; ++i) items[i - 4] = strtoull(words[i], NULL, 10);
    report(first, second, count > 3 ? atoi(words[3]) : 1, count > 4 ? items : NULL, &results);
    print_results(&results);
  } else if (strcmp(command, "threads") == 0) {
    report_on_threads(first, second);
  } else if (strcmp(command, "flush") == 0) {
    printf("%d\n", (int)anemon_flush((uint32_t)first));
  } else if (strcmp(command, "counters") == 0) {
    print_counters();
  } else if (strcmp(command, "state") == 0) {
    char text[256];
    const anemon_state state = anemon_read_state(text, sizeof text);
    printf("%d %d %s\n", (int)state, anemon_listening(), text);
  } else if (strcmp(command, "session-begin") == 0) {
    session = anemon_session_begin(words[1], (uint32_t)second);
    printf("%s\n", session != NULL ? anemon_session_id(session) : anemon_last_error());
  } else if (strcmp(command, "session-end") == 0) {
    const anemon_result result = anemon_session_end(session, (uint32_t)first);
    session = NULL;
    printf("%d %s\n", (int)result, result == ANEMON_OK ? "" : anemon_last_error());
  } else if (strcmp(command, "fork") == 0) {
    in_child(first);
  } else if (strcmp(command, "stop") == 0) {
    anemon_stop();
    printf("stopped\n");
  } else {
    printf("unknown command\n");
  }
  fflush(stdout);
}

int main(void) {
  char line[4096];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char* words[kMaxWords];
    int count = 0;
    for (char* word = strtok(line, " \n"); word != NULL && count < kMaxWords;
         word = strtok(NULL, " \n")) {
      words[count++] = word;
    }
    if (count == 0) continue;
    if (strcmp(words[0], "exit") == 0) return 7;
    run(words, count);
  }
  return 0;
}
