// What a dashboard's file may hold: Grafana's types, read as those of JSON.
import type { AnnotationContainer, AnnotationQuery, Dashboard, FieldConfigSource, Panel, RowPanel,
  VariableModel } from "@grafana/schema";
import type * as stat from "@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen";
import type * as table from "@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen";
import type * as text from "@grafana/schema/dist/types/raw/composable/text/panelcfg/x/types.gen";
import type * as timeseries from "@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen";
import type { TableFieldOptions } from "@grafana/schema";

// JSON has the values of string enumerations where TypeScript wants their names.
type Plain<T> = T extends string ? `${T}` : T extends (infer Item)[] ? Plain<Item>[]
  : T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T;
// Grafana fills in what a panel's options leave out.
type Some<T> = T extends (infer Item)[] ? Some<Item>[]
  : T extends object ? { [Key in keyof T]?: Some<T[Key]> } : T;

type Of<Type extends string, Options, Field> = Plain<Omit<Panel, "type" | "options" | "fieldConfig" | "targets">> & {
  type: Type;
  options?: Some<Plain<Options>>;
  fieldConfig?: Some<Plain<Omit<FieldConfigSource, "defaults">>> & {
    defaults: Some<Plain<Omit<FieldConfigSource["defaults"], "custom">>> & { custom?: Some<Plain<Field>> };
  };
  targets?: Query[];
};

interface Query {
  refId: string;
  editorMode?: "code" | "builder";
  expr: string;
  datasource: { type: "prometheus"; uid: string };
  legendFormat?: string;
  format?: "time_series" | "table" | "heatmap";
  instant?: boolean;
  range?: boolean;
}

type AnyPanel = Of<"timeseries", timeseries.Options, timeseries.FieldConfig>
  | Of<"stat", stat.Options, {}>
  | Of<"table", table.Options, TableFieldOptions>
  | Of<"text", text.Options, {}>;
type Row = Plain<Omit<RowPanel, "panels">> & { panels: AnyPanel[] };

// What Prometheus's data source keeps on annotations and variables, which the schema leaves to it.
type Annotation = Plain<AnnotationQuery> & {
  expr?: string; step?: string; titleFormat?: string; textFormat?: string; tagKeys?: string; useValueForTime?: boolean;
};
type Variable = Plain<VariableModel> & { definition?: string };

export type Board = Plain<Omit<Dashboard, "panels" | "annotations" | "templating">> & {
  panels: (AnyPanel | Row)[];
  annotations: Omit<AnnotationContainer, "list"> & { list: Annotation[] };
  templating: { list: Variable[] };
};
