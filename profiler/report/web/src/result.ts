// The document anemon.result/1 as far as the report reads it: docs/result-json.md. Every member may be
// missing: what is not known is left out.

export type Provenance = "measured" | "derived" | "estimated";
export interface Estimate { value: number; low?: number; high?: number }

// An object of numbers that says of each how it came to be, or why it is absent.
export interface Section {
  [key: string]: unknown;
  provenance?: { [key: string]: Provenance };
  absent?: { [key: string]: string };
  basis?: { [key: string]: string };
}

export interface Layer extends Section {
  name?: string; type?: string; time_ms?: number; time_share?: number; macs?: number;
  weight_bytes?: number; input_bytes?: number; output_bytes?: number; fused_into?: string;
  bound?: string; achieved_tops?: number; arithmetic_intensity?: number;
  predicted_engine?: string; planned_device?: string;
}

export interface PlacedOperation { name?: string; type?: string; engine?: string | null; reason?: string; confidence?: string }
export interface Finding { rule?: string; severity?: string; message?: string; operation?: string; fix?: string }
export interface Recommendation { title?: string; text?: string; saving?: string; basis?: string }

export interface Objective { winner?: string; speedup?: number; words?: string }

export interface Result {
  schema?: string; id?: string; created?: string; anemon_version?: string; kind?: string;
  outcome?: { state?: string; phase?: string; message?: string; hint?: string };
  model?: { [key: string]: unknown; name?: string };
  environment?: { [key: string]: unknown; engine?: string; chip?: string };
  configuration?: { [key: string]: unknown };
  timing?: Section; throughput?: Section; power?: Section; memory?: Section; ane?: Section;
  latency_breakdown?: Section; score?: Section;
  layers?: Layer[];
  samples?: { start_seconds?: number[]; latency_ms?: number[]; kept_share?: number };
  placement?: { chip?: string; functions?: { function?: string; operations?: PlacedOperation[] }[] };
  reconciliation?: { verdict?: string; words?: string };
  findings?: Finding[];
  recommendations?: Recommendation[];
  runs?: Result[];
  comparison?: { runs?: string[]; latency?: Objective; throughput?: Objective; energy?: Objective; memory?: Objective;
    notes?: string[]; recommendation?: string };
  sweep?: {
    points?: { batch: number; latency_ms?: number; inferences_per_second?: number;
      energy_per_item_joules?: number; peak_memory_mb?: number }[];
    knee?: number; optimal?: { [objective: string]: number }; analysis?: string;
  };
  verdict?: Section & { verdict?: string; words?: string };
}

export type Points = [number, number][];

export function points(value: unknown): Points {
  if (!Array.isArray(value)) return [];
  return value.filter((each): each is [number, number] =>
    Array.isArray(each) && Number.isFinite(each[0]) && Number.isFinite(each[1]));
}
