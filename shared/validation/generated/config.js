// Generated from the schemas by the build; not edited by hand.
var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

// node_modules/ajv/dist/runtime/ucs2length.js
var require_ucs2length = __commonJS({
  "node_modules/ajv/dist/runtime/ucs2length.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    function ucs2length(str) {
      const len = str.length;
      let length = 0;
      let pos = 0;
      let value;
      while (pos < len) {
        length++;
        value = str.charCodeAt(pos++);
        if (value >= 55296 && value <= 56319 && pos < len) {
          value = str.charCodeAt(pos);
          if ((value & 64512) === 56320)
            pos++;
        }
      }
      return length;
    }
    exports.default = ucs2length;
    ucs2length.code = 'require("ajv/dist/runtime/ucs2length").default';
  }
});

// <stdin>
var validate = validate20;
var stdin_default = validate20;
var func1 = require_ucs2length().default;
var pattern4 = new RegExp("^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$", "u");
var pattern6 = new RegExp("^rediss?://\\S+$", "u");
var pattern7 = new RegExp("^[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*$", "u");
var pattern8 = new RegExp("^smtps?://\\S+$", "u");
var pattern9 = new RegExp("^https?://\\S+$", "u");
var pattern10 = new RegExp("^[^\\r\\n]+@[^\\r\\n]+$", "u");
var pattern11 = new RegExp("^[A-Za-z0-9._-]*$", "u");
function validate20(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate20.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.STAGE === void 0) {
      data.STAGE = "local";
    }
    if (data.HTTP_PORT === void 0) {
      data.HTTP_PORT = 8081;
    }
    if (data.MAIL_FROM === void 0) {
      data.MAIL_FROM = "welcome@registration.example";
    }
    if (data.TOPIC_PREFIX === void 0) {
      data.TOPIC_PREFIX = "";
    }
    if (data.KAFKA_REPLICATION_FACTOR === void 0) {
      data.KAFKA_REPLICATION_FACTOR = 1;
    }
    if (data.KAFKA_MIN_INSYNC_REPLICAS === void 0) {
      data.KAFKA_MIN_INSYNC_REPLICAS = 1;
    }
    if (data.DATABASE_POOL_SIZE === void 0) {
      data.DATABASE_POOL_SIZE = 10;
    }
    if (data.SMTP_CONNECTIONS === void 0) {
      data.SMTP_CONNECTIONS = 8;
    }
    if (data.PASSWORD_HASH_MEMORY_KIB === void 0) {
      data.PASSWORD_HASH_MEMORY_KIB = 7168;
    }
    if (data.PASSWORD_HASH_PASSES === void 0) {
      data.PASSWORD_HASH_PASSES = 5;
    }
    if (data.MAIL_RETRY_HOURS === void 0) {
      data.MAIL_RETRY_HOURS = 48;
    }
    if (data.MAIL_REFUSED_FIRST_MS === void 0) {
      data.MAIL_REFUSED_FIRST_MS = 5e3;
    }
    if (data.MAIL_REFUSED_LONGEST_MS === void 0) {
      data.MAIL_REFUSED_LONGEST_MS = 9e5;
    }
    if (data.RELAY_MAX_REPUBLISH === void 0) {
      data.RELAY_MAX_REPUBLISH = 500;
    }
    if (data.RELAY_REPUBLISH_FIRST_MS === void 0) {
      data.RELAY_REPUBLISH_FIRST_MS = 3e4;
    }
    if (data.RELAY_REPUBLISH_LONGEST_MS === void 0) {
      data.RELAY_REPUBLISH_LONGEST_MS = 36e5;
    }
    if (data.EVENT_KEEP_DAYS === void 0) {
      data.EVENT_KEEP_DAYS = 30;
    }
    if (data.STAGE === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "STAGE" }, message: "must have required property 'STAGE'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.HTTP_PORT === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "HTTP_PORT" }, message: "must have required property 'HTTP_PORT'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.MAIL_FROM === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "MAIL_FROM" }, message: "must have required property 'MAIL_FROM'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.TOPIC_PREFIX === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "TOPIC_PREFIX" }, message: "must have required property 'TOPIC_PREFIX'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.KAFKA_REPLICATION_FACTOR === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "KAFKA_REPLICATION_FACTOR" }, message: "must have required property 'KAFKA_REPLICATION_FACTOR'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.KAFKA_MIN_INSYNC_REPLICAS === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "KAFKA_MIN_INSYNC_REPLICAS" }, message: "must have required property 'KAFKA_MIN_INSYNC_REPLICAS'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.DATABASE_POOL_SIZE === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "DATABASE_POOL_SIZE" }, message: "must have required property 'DATABASE_POOL_SIZE'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    if (data.SMTP_CONNECTIONS === void 0) {
      const err7 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "SMTP_CONNECTIONS" }, message: "must have required property 'SMTP_CONNECTIONS'" };
      if (vErrors === null) {
        vErrors = [err7];
      } else {
        vErrors.push(err7);
      }
      errors++;
    }
    if (data.PASSWORD_HASH_MEMORY_KIB === void 0) {
      const err8 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "PASSWORD_HASH_MEMORY_KIB" }, message: "must have required property 'PASSWORD_HASH_MEMORY_KIB'" };
      if (vErrors === null) {
        vErrors = [err8];
      } else {
        vErrors.push(err8);
      }
      errors++;
    }
    if (data.PASSWORD_HASH_PASSES === void 0) {
      const err9 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "PASSWORD_HASH_PASSES" }, message: "must have required property 'PASSWORD_HASH_PASSES'" };
      if (vErrors === null) {
        vErrors = [err9];
      } else {
        vErrors.push(err9);
      }
      errors++;
    }
    if (data.MAIL_RETRY_HOURS === void 0) {
      const err10 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "MAIL_RETRY_HOURS" }, message: "must have required property 'MAIL_RETRY_HOURS'" };
      if (vErrors === null) {
        vErrors = [err10];
      } else {
        vErrors.push(err10);
      }
      errors++;
    }
    if (data.MAIL_REFUSED_FIRST_MS === void 0) {
      const err11 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "MAIL_REFUSED_FIRST_MS" }, message: "must have required property 'MAIL_REFUSED_FIRST_MS'" };
      if (vErrors === null) {
        vErrors = [err11];
      } else {
        vErrors.push(err11);
      }
      errors++;
    }
    if (data.MAIL_REFUSED_LONGEST_MS === void 0) {
      const err12 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "MAIL_REFUSED_LONGEST_MS" }, message: "must have required property 'MAIL_REFUSED_LONGEST_MS'" };
      if (vErrors === null) {
        vErrors = [err12];
      } else {
        vErrors.push(err12);
      }
      errors++;
    }
    if (data.RELAY_MAX_REPUBLISH === void 0) {
      const err13 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "RELAY_MAX_REPUBLISH" }, message: "must have required property 'RELAY_MAX_REPUBLISH'" };
      if (vErrors === null) {
        vErrors = [err13];
      } else {
        vErrors.push(err13);
      }
      errors++;
    }
    if (data.RELAY_REPUBLISH_FIRST_MS === void 0) {
      const err14 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "RELAY_REPUBLISH_FIRST_MS" }, message: "must have required property 'RELAY_REPUBLISH_FIRST_MS'" };
      if (vErrors === null) {
        vErrors = [err14];
      } else {
        vErrors.push(err14);
      }
      errors++;
    }
    if (data.RELAY_REPUBLISH_LONGEST_MS === void 0) {
      const err15 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "RELAY_REPUBLISH_LONGEST_MS" }, message: "must have required property 'RELAY_REPUBLISH_LONGEST_MS'" };
      if (vErrors === null) {
        vErrors = [err15];
      } else {
        vErrors.push(err15);
      }
      errors++;
    }
    if (data.EVENT_KEEP_DAYS === void 0) {
      const err16 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "EVENT_KEEP_DAYS" }, message: "must have required property 'EVENT_KEEP_DAYS'" };
      if (vErrors === null) {
        vErrors = [err16];
      } else {
        vErrors.push(err16);
      }
      errors++;
    }
    let data0 = data.STAGE;
    if (typeof data0 !== "string") {
      let dataType0 = typeof data0;
      let coerced0 = void 0;
      if (!(coerced0 !== void 0)) {
        if (dataType0 == "number" || dataType0 == "boolean") {
          coerced0 = "" + data0;
        } else if (data0 === null) {
          coerced0 = "";
        } else {
          const err17 = { instancePath: instancePath + "/STAGE", schemaPath: "#/properties/STAGE/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err17];
          } else {
            vErrors.push(err17);
          }
          errors++;
        }
      }
      if (coerced0 !== void 0) {
        data0 = coerced0;
        if (data !== void 0) {
          data["STAGE"] = coerced0;
        }
      }
    }
    if (typeof data0 === "string") {
      if (func1(data0) < 1) {
        const err18 = { instancePath: instancePath + "/STAGE", schemaPath: "#/properties/STAGE/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.USERS_DATABASE_URL !== void 0) {
      let data1 = data.USERS_DATABASE_URL;
      if (typeof data1 !== "string") {
        let dataType1 = typeof data1;
        let coerced1 = void 0;
        if (!(coerced1 !== void 0)) {
          if (dataType1 == "number" || dataType1 == "boolean") {
            coerced1 = "" + data1;
          } else if (data1 === null) {
            coerced1 = "";
          } else {
            const err19 = { instancePath: instancePath + "/USERS_DATABASE_URL", schemaPath: "#/properties/USERS_DATABASE_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err19];
            } else {
              vErrors.push(err19);
            }
            errors++;
          }
        }
        if (coerced1 !== void 0) {
          data1 = coerced1;
          if (data !== void 0) {
            data["USERS_DATABASE_URL"] = coerced1;
          }
        }
      }
      if (typeof data1 === "string") {
        if (!pattern4.test(data1)) {
          const err20 = { instancePath: instancePath + "/USERS_DATABASE_URL", schemaPath: "#/properties/USERS_DATABASE_URL/pattern", keyword: "pattern", params: { pattern: "^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$" }, message: 'must match pattern "^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$"' };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
      }
    }
    if (data.NOTIFICATIONS_DATABASE_URL !== void 0) {
      let data2 = data.NOTIFICATIONS_DATABASE_URL;
      if (typeof data2 !== "string") {
        let dataType2 = typeof data2;
        let coerced2 = void 0;
        if (!(coerced2 !== void 0)) {
          if (dataType2 == "number" || dataType2 == "boolean") {
            coerced2 = "" + data2;
          } else if (data2 === null) {
            coerced2 = "";
          } else {
            const err21 = { instancePath: instancePath + "/NOTIFICATIONS_DATABASE_URL", schemaPath: "#/properties/NOTIFICATIONS_DATABASE_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
        if (coerced2 !== void 0) {
          data2 = coerced2;
          if (data !== void 0) {
            data["NOTIFICATIONS_DATABASE_URL"] = coerced2;
          }
        }
      }
      if (typeof data2 === "string") {
        if (!pattern4.test(data2)) {
          const err22 = { instancePath: instancePath + "/NOTIFICATIONS_DATABASE_URL", schemaPath: "#/properties/NOTIFICATIONS_DATABASE_URL/pattern", keyword: "pattern", params: { pattern: "^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$" }, message: 'must match pattern "^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$"' };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
      }
    }
    if (data.REDIS_URL !== void 0) {
      let data3 = data.REDIS_URL;
      if (typeof data3 !== "string") {
        let dataType3 = typeof data3;
        let coerced3 = void 0;
        if (!(coerced3 !== void 0)) {
          if (dataType3 == "number" || dataType3 == "boolean") {
            coerced3 = "" + data3;
          } else if (data3 === null) {
            coerced3 = "";
          } else {
            const err23 = { instancePath: instancePath + "/REDIS_URL", schemaPath: "#/properties/REDIS_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
        }
        if (coerced3 !== void 0) {
          data3 = coerced3;
          if (data !== void 0) {
            data["REDIS_URL"] = coerced3;
          }
        }
      }
      if (typeof data3 === "string") {
        if (!pattern6.test(data3)) {
          const err24 = { instancePath: instancePath + "/REDIS_URL", schemaPath: "#/properties/REDIS_URL/pattern", keyword: "pattern", params: { pattern: "^rediss?://\\S+$" }, message: 'must match pattern "^rediss?://\\S+$"' };
          if (vErrors === null) {
            vErrors = [err24];
          } else {
            vErrors.push(err24);
          }
          errors++;
        }
      }
    }
    if (data.KAFKA_BROKERS !== void 0) {
      let data4 = data.KAFKA_BROKERS;
      if (typeof data4 !== "string") {
        let dataType4 = typeof data4;
        let coerced4 = void 0;
        if (!(coerced4 !== void 0)) {
          if (dataType4 == "number" || dataType4 == "boolean") {
            coerced4 = "" + data4;
          } else if (data4 === null) {
            coerced4 = "";
          } else {
            const err25 = { instancePath: instancePath + "/KAFKA_BROKERS", schemaPath: "#/properties/KAFKA_BROKERS/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          }
        }
        if (coerced4 !== void 0) {
          data4 = coerced4;
          if (data !== void 0) {
            data["KAFKA_BROKERS"] = coerced4;
          }
        }
      }
      if (typeof data4 === "string") {
        if (!pattern7.test(data4)) {
          const err26 = { instancePath: instancePath + "/KAFKA_BROKERS", schemaPath: "#/properties/KAFKA_BROKERS/pattern", keyword: "pattern", params: { pattern: "^[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*$" }, message: 'must match pattern "^[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*$"' };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
      }
    }
    if (data.SMTP_URL !== void 0) {
      let data5 = data.SMTP_URL;
      if (typeof data5 !== "string") {
        let dataType5 = typeof data5;
        let coerced5 = void 0;
        if (!(coerced5 !== void 0)) {
          if (dataType5 == "number" || dataType5 == "boolean") {
            coerced5 = "" + data5;
          } else if (data5 === null) {
            coerced5 = "";
          } else {
            const err27 = { instancePath: instancePath + "/SMTP_URL", schemaPath: "#/properties/SMTP_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (coerced5 !== void 0) {
          data5 = coerced5;
          if (data !== void 0) {
            data["SMTP_URL"] = coerced5;
          }
        }
      }
      if (typeof data5 === "string") {
        if (!pattern8.test(data5)) {
          const err28 = { instancePath: instancePath + "/SMTP_URL", schemaPath: "#/properties/SMTP_URL/pattern", keyword: "pattern", params: { pattern: "^smtps?://\\S+$" }, message: 'must match pattern "^smtps?://\\S+$"' };
          if (vErrors === null) {
            vErrors = [err28];
          } else {
            vErrors.push(err28);
          }
          errors++;
        }
      }
    }
    if (data.USERS_BASE_URL !== void 0) {
      let data6 = data.USERS_BASE_URL;
      if (typeof data6 !== "string") {
        let dataType6 = typeof data6;
        let coerced6 = void 0;
        if (!(coerced6 !== void 0)) {
          if (dataType6 == "number" || dataType6 == "boolean") {
            coerced6 = "" + data6;
          } else if (data6 === null) {
            coerced6 = "";
          } else {
            const err29 = { instancePath: instancePath + "/USERS_BASE_URL", schemaPath: "#/properties/USERS_BASE_URL/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err29];
            } else {
              vErrors.push(err29);
            }
            errors++;
          }
        }
        if (coerced6 !== void 0) {
          data6 = coerced6;
          if (data !== void 0) {
            data["USERS_BASE_URL"] = coerced6;
          }
        }
      }
      if (typeof data6 === "string") {
        if (!pattern9.test(data6)) {
          const err30 = { instancePath: instancePath + "/USERS_BASE_URL", schemaPath: "#/properties/USERS_BASE_URL/pattern", keyword: "pattern", params: { pattern: "^https?://\\S+$" }, message: 'must match pattern "^https?://\\S+$"' };
          if (vErrors === null) {
            vErrors = [err30];
          } else {
            vErrors.push(err30);
          }
          errors++;
        }
      }
    }
    let data7 = data.HTTP_PORT;
    if (!(typeof data7 == "number" && (!(data7 % 1) && !isNaN(data7)) && isFinite(data7))) {
      let dataType7 = typeof data7;
      let coerced7 = void 0;
      if (!(coerced7 !== void 0)) {
        if (dataType7 === "boolean" || data7 === null || dataType7 === "string" && data7 && data7 == +data7 && !(data7 % 1)) {
          coerced7 = +data7;
        } else {
          const err31 = { instancePath: instancePath + "/HTTP_PORT", schemaPath: "#/properties/HTTP_PORT/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err31];
          } else {
            vErrors.push(err31);
          }
          errors++;
        }
      }
      if (coerced7 !== void 0) {
        data7 = coerced7;
        if (data !== void 0) {
          data["HTTP_PORT"] = coerced7;
        }
      }
    }
    if (typeof data7 == "number" && isFinite(data7)) {
      if (data7 > 65535 || isNaN(data7)) {
        const err32 = { instancePath: instancePath + "/HTTP_PORT", schemaPath: "#/properties/HTTP_PORT/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
        if (vErrors === null) {
          vErrors = [err32];
        } else {
          vErrors.push(err32);
        }
        errors++;
      }
      if (data7 < 1 || isNaN(data7)) {
        const err33 = { instancePath: instancePath + "/HTTP_PORT", schemaPath: "#/properties/HTTP_PORT/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err33];
        } else {
          vErrors.push(err33);
        }
        errors++;
      }
    }
    let data8 = data.MAIL_FROM;
    if (typeof data8 !== "string") {
      let dataType8 = typeof data8;
      let coerced8 = void 0;
      if (!(coerced8 !== void 0)) {
        if (dataType8 == "number" || dataType8 == "boolean") {
          coerced8 = "" + data8;
        } else if (data8 === null) {
          coerced8 = "";
        } else {
          const err34 = { instancePath: instancePath + "/MAIL_FROM", schemaPath: "#/properties/MAIL_FROM/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err34];
          } else {
            vErrors.push(err34);
          }
          errors++;
        }
      }
      if (coerced8 !== void 0) {
        data8 = coerced8;
        if (data !== void 0) {
          data["MAIL_FROM"] = coerced8;
        }
      }
    }
    if (typeof data8 === "string") {
      if (!pattern10.test(data8)) {
        const err35 = { instancePath: instancePath + "/MAIL_FROM", schemaPath: "#/properties/MAIL_FROM/pattern", keyword: "pattern", params: { pattern: "^[^\\r\\n]+@[^\\r\\n]+$" }, message: 'must match pattern "^[^\\r\\n]+@[^\\r\\n]+$"' };
        if (vErrors === null) {
          vErrors = [err35];
        } else {
          vErrors.push(err35);
        }
        errors++;
      }
    }
    if (data.OPERATOR_TOKEN !== void 0) {
      let data9 = data.OPERATOR_TOKEN;
      if (typeof data9 !== "string") {
        let dataType9 = typeof data9;
        let coerced9 = void 0;
        if (!(coerced9 !== void 0)) {
          if (dataType9 == "number" || dataType9 == "boolean") {
            coerced9 = "" + data9;
          } else if (data9 === null) {
            coerced9 = "";
          } else {
            const err36 = { instancePath: instancePath + "/OPERATOR_TOKEN", schemaPath: "#/properties/OPERATOR_TOKEN/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err36];
            } else {
              vErrors.push(err36);
            }
            errors++;
          }
        }
        if (coerced9 !== void 0) {
          data9 = coerced9;
          if (data !== void 0) {
            data["OPERATOR_TOKEN"] = coerced9;
          }
        }
      }
      if (typeof data9 === "string") {
        if (func1(data9) < 8) {
          const err37 = { instancePath: instancePath + "/OPERATOR_TOKEN", schemaPath: "#/properties/OPERATOR_TOKEN/minLength", keyword: "minLength", params: { limit: 8 }, message: "must NOT have fewer than 8 characters" };
          if (vErrors === null) {
            vErrors = [err37];
          } else {
            vErrors.push(err37);
          }
          errors++;
        }
      }
    }
    let data10 = data.TOPIC_PREFIX;
    if (typeof data10 !== "string") {
      let dataType10 = typeof data10;
      let coerced10 = void 0;
      if (!(coerced10 !== void 0)) {
        if (dataType10 == "number" || dataType10 == "boolean") {
          coerced10 = "" + data10;
        } else if (data10 === null) {
          coerced10 = "";
        } else {
          const err38 = { instancePath: instancePath + "/TOPIC_PREFIX", schemaPath: "#/properties/TOPIC_PREFIX/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err38];
          } else {
            vErrors.push(err38);
          }
          errors++;
        }
      }
      if (coerced10 !== void 0) {
        data10 = coerced10;
        if (data !== void 0) {
          data["TOPIC_PREFIX"] = coerced10;
        }
      }
    }
    if (typeof data10 === "string") {
      if (!pattern11.test(data10)) {
        const err39 = { instancePath: instancePath + "/TOPIC_PREFIX", schemaPath: "#/properties/TOPIC_PREFIX/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9._-]*$" }, message: 'must match pattern "^[A-Za-z0-9._-]*$"' };
        if (vErrors === null) {
          vErrors = [err39];
        } else {
          vErrors.push(err39);
        }
        errors++;
      }
    }
    let data11 = data.KAFKA_REPLICATION_FACTOR;
    if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
      let dataType11 = typeof data11;
      let coerced11 = void 0;
      if (!(coerced11 !== void 0)) {
        if (dataType11 === "boolean" || data11 === null || dataType11 === "string" && data11 && data11 == +data11 && !(data11 % 1)) {
          coerced11 = +data11;
        } else {
          const err40 = { instancePath: instancePath + "/KAFKA_REPLICATION_FACTOR", schemaPath: "#/properties/KAFKA_REPLICATION_FACTOR/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err40];
          } else {
            vErrors.push(err40);
          }
          errors++;
        }
      }
      if (coerced11 !== void 0) {
        data11 = coerced11;
        if (data !== void 0) {
          data["KAFKA_REPLICATION_FACTOR"] = coerced11;
        }
      }
    }
    if (typeof data11 == "number" && isFinite(data11)) {
      if (data11 > 32767 || isNaN(data11)) {
        const err41 = { instancePath: instancePath + "/KAFKA_REPLICATION_FACTOR", schemaPath: "#/properties/KAFKA_REPLICATION_FACTOR/maximum", keyword: "maximum", params: { comparison: "<=", limit: 32767 }, message: "must be <= 32767" };
        if (vErrors === null) {
          vErrors = [err41];
        } else {
          vErrors.push(err41);
        }
        errors++;
      }
      if (data11 < 1 || isNaN(data11)) {
        const err42 = { instancePath: instancePath + "/KAFKA_REPLICATION_FACTOR", schemaPath: "#/properties/KAFKA_REPLICATION_FACTOR/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err42];
        } else {
          vErrors.push(err42);
        }
        errors++;
      }
    }
    let data12 = data.KAFKA_MIN_INSYNC_REPLICAS;
    if (!(typeof data12 == "number" && (!(data12 % 1) && !isNaN(data12)) && isFinite(data12))) {
      let dataType12 = typeof data12;
      let coerced12 = void 0;
      if (!(coerced12 !== void 0)) {
        if (dataType12 === "boolean" || data12 === null || dataType12 === "string" && data12 && data12 == +data12 && !(data12 % 1)) {
          coerced12 = +data12;
        } else {
          const err43 = { instancePath: instancePath + "/KAFKA_MIN_INSYNC_REPLICAS", schemaPath: "#/properties/KAFKA_MIN_INSYNC_REPLICAS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err43];
          } else {
            vErrors.push(err43);
          }
          errors++;
        }
      }
      if (coerced12 !== void 0) {
        data12 = coerced12;
        if (data !== void 0) {
          data["KAFKA_MIN_INSYNC_REPLICAS"] = coerced12;
        }
      }
    }
    if (typeof data12 == "number" && isFinite(data12)) {
      if (data12 > 32767 || isNaN(data12)) {
        const err44 = { instancePath: instancePath + "/KAFKA_MIN_INSYNC_REPLICAS", schemaPath: "#/properties/KAFKA_MIN_INSYNC_REPLICAS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 32767 }, message: "must be <= 32767" };
        if (vErrors === null) {
          vErrors = [err44];
        } else {
          vErrors.push(err44);
        }
        errors++;
      }
      if (data12 < 1 || isNaN(data12)) {
        const err45 = { instancePath: instancePath + "/KAFKA_MIN_INSYNC_REPLICAS", schemaPath: "#/properties/KAFKA_MIN_INSYNC_REPLICAS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err45];
        } else {
          vErrors.push(err45);
        }
        errors++;
      }
    }
    let data13 = data.DATABASE_POOL_SIZE;
    if (!(typeof data13 == "number" && (!(data13 % 1) && !isNaN(data13)) && isFinite(data13))) {
      let dataType13 = typeof data13;
      let coerced13 = void 0;
      if (!(coerced13 !== void 0)) {
        if (dataType13 === "boolean" || data13 === null || dataType13 === "string" && data13 && data13 == +data13 && !(data13 % 1)) {
          coerced13 = +data13;
        } else {
          const err46 = { instancePath: instancePath + "/DATABASE_POOL_SIZE", schemaPath: "#/properties/DATABASE_POOL_SIZE/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err46];
          } else {
            vErrors.push(err46);
          }
          errors++;
        }
      }
      if (coerced13 !== void 0) {
        data13 = coerced13;
        if (data !== void 0) {
          data["DATABASE_POOL_SIZE"] = coerced13;
        }
      }
    }
    if (typeof data13 == "number" && isFinite(data13)) {
      if (data13 > 500 || isNaN(data13)) {
        const err47 = { instancePath: instancePath + "/DATABASE_POOL_SIZE", schemaPath: "#/properties/DATABASE_POOL_SIZE/maximum", keyword: "maximum", params: { comparison: "<=", limit: 500 }, message: "must be <= 500" };
        if (vErrors === null) {
          vErrors = [err47];
        } else {
          vErrors.push(err47);
        }
        errors++;
      }
      if (data13 < 1 || isNaN(data13)) {
        const err48 = { instancePath: instancePath + "/DATABASE_POOL_SIZE", schemaPath: "#/properties/DATABASE_POOL_SIZE/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err48];
        } else {
          vErrors.push(err48);
        }
        errors++;
      }
    }
    let data14 = data.SMTP_CONNECTIONS;
    if (!(typeof data14 == "number" && (!(data14 % 1) && !isNaN(data14)) && isFinite(data14))) {
      let dataType14 = typeof data14;
      let coerced14 = void 0;
      if (!(coerced14 !== void 0)) {
        if (dataType14 === "boolean" || data14 === null || dataType14 === "string" && data14 && data14 == +data14 && !(data14 % 1)) {
          coerced14 = +data14;
        } else {
          const err49 = { instancePath: instancePath + "/SMTP_CONNECTIONS", schemaPath: "#/properties/SMTP_CONNECTIONS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err49];
          } else {
            vErrors.push(err49);
          }
          errors++;
        }
      }
      if (coerced14 !== void 0) {
        data14 = coerced14;
        if (data !== void 0) {
          data["SMTP_CONNECTIONS"] = coerced14;
        }
      }
    }
    if (typeof data14 == "number" && isFinite(data14)) {
      if (data14 > 100 || isNaN(data14)) {
        const err50 = { instancePath: instancePath + "/SMTP_CONNECTIONS", schemaPath: "#/properties/SMTP_CONNECTIONS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, message: "must be <= 100" };
        if (vErrors === null) {
          vErrors = [err50];
        } else {
          vErrors.push(err50);
        }
        errors++;
      }
      if (data14 < 1 || isNaN(data14)) {
        const err51 = { instancePath: instancePath + "/SMTP_CONNECTIONS", schemaPath: "#/properties/SMTP_CONNECTIONS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err51];
        } else {
          vErrors.push(err51);
        }
        errors++;
      }
    }
    let data15 = data.PASSWORD_HASH_MEMORY_KIB;
    if (!(typeof data15 == "number" && (!(data15 % 1) && !isNaN(data15)) && isFinite(data15))) {
      let dataType15 = typeof data15;
      let coerced15 = void 0;
      if (!(coerced15 !== void 0)) {
        if (dataType15 === "boolean" || data15 === null || dataType15 === "string" && data15 && data15 == +data15 && !(data15 % 1)) {
          coerced15 = +data15;
        } else {
          const err52 = { instancePath: instancePath + "/PASSWORD_HASH_MEMORY_KIB", schemaPath: "#/properties/PASSWORD_HASH_MEMORY_KIB/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err52];
          } else {
            vErrors.push(err52);
          }
          errors++;
        }
      }
      if (coerced15 !== void 0) {
        data15 = coerced15;
        if (data !== void 0) {
          data["PASSWORD_HASH_MEMORY_KIB"] = coerced15;
        }
      }
    }
    if (typeof data15 == "number" && isFinite(data15)) {
      if (data15 > 1048576 || isNaN(data15)) {
        const err53 = { instancePath: instancePath + "/PASSWORD_HASH_MEMORY_KIB", schemaPath: "#/properties/PASSWORD_HASH_MEMORY_KIB/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1048576 }, message: "must be <= 1048576" };
        if (vErrors === null) {
          vErrors = [err53];
        } else {
          vErrors.push(err53);
        }
        errors++;
      }
      if (data15 < 8 || isNaN(data15)) {
        const err54 = { instancePath: instancePath + "/PASSWORD_HASH_MEMORY_KIB", schemaPath: "#/properties/PASSWORD_HASH_MEMORY_KIB/minimum", keyword: "minimum", params: { comparison: ">=", limit: 8 }, message: "must be >= 8" };
        if (vErrors === null) {
          vErrors = [err54];
        } else {
          vErrors.push(err54);
        }
        errors++;
      }
    }
    let data16 = data.PASSWORD_HASH_PASSES;
    if (!(typeof data16 == "number" && (!(data16 % 1) && !isNaN(data16)) && isFinite(data16))) {
      let dataType16 = typeof data16;
      let coerced16 = void 0;
      if (!(coerced16 !== void 0)) {
        if (dataType16 === "boolean" || data16 === null || dataType16 === "string" && data16 && data16 == +data16 && !(data16 % 1)) {
          coerced16 = +data16;
        } else {
          const err55 = { instancePath: instancePath + "/PASSWORD_HASH_PASSES", schemaPath: "#/properties/PASSWORD_HASH_PASSES/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err55];
          } else {
            vErrors.push(err55);
          }
          errors++;
        }
      }
      if (coerced16 !== void 0) {
        data16 = coerced16;
        if (data !== void 0) {
          data["PASSWORD_HASH_PASSES"] = coerced16;
        }
      }
    }
    if (typeof data16 == "number" && isFinite(data16)) {
      if (data16 > 100 || isNaN(data16)) {
        const err56 = { instancePath: instancePath + "/PASSWORD_HASH_PASSES", schemaPath: "#/properties/PASSWORD_HASH_PASSES/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, message: "must be <= 100" };
        if (vErrors === null) {
          vErrors = [err56];
        } else {
          vErrors.push(err56);
        }
        errors++;
      }
      if (data16 < 1 || isNaN(data16)) {
        const err57 = { instancePath: instancePath + "/PASSWORD_HASH_PASSES", schemaPath: "#/properties/PASSWORD_HASH_PASSES/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err57];
        } else {
          vErrors.push(err57);
        }
        errors++;
      }
    }
    let data17 = data.MAIL_RETRY_HOURS;
    if (!(typeof data17 == "number" && (!(data17 % 1) && !isNaN(data17)) && isFinite(data17))) {
      let dataType17 = typeof data17;
      let coerced17 = void 0;
      if (!(coerced17 !== void 0)) {
        if (dataType17 === "boolean" || data17 === null || dataType17 === "string" && data17 && data17 == +data17 && !(data17 % 1)) {
          coerced17 = +data17;
        } else {
          const err58 = { instancePath: instancePath + "/MAIL_RETRY_HOURS", schemaPath: "#/properties/MAIL_RETRY_HOURS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err58];
          } else {
            vErrors.push(err58);
          }
          errors++;
        }
      }
      if (coerced17 !== void 0) {
        data17 = coerced17;
        if (data !== void 0) {
          data["MAIL_RETRY_HOURS"] = coerced17;
        }
      }
    }
    if (typeof data17 == "number" && isFinite(data17)) {
      if (data17 > 720 || isNaN(data17)) {
        const err59 = { instancePath: instancePath + "/MAIL_RETRY_HOURS", schemaPath: "#/properties/MAIL_RETRY_HOURS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 720 }, message: "must be <= 720" };
        if (vErrors === null) {
          vErrors = [err59];
        } else {
          vErrors.push(err59);
        }
        errors++;
      }
      if (data17 < 1 || isNaN(data17)) {
        const err60 = { instancePath: instancePath + "/MAIL_RETRY_HOURS", schemaPath: "#/properties/MAIL_RETRY_HOURS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err60];
        } else {
          vErrors.push(err60);
        }
        errors++;
      }
    }
    let data18 = data.MAIL_REFUSED_FIRST_MS;
    if (!(typeof data18 == "number" && (!(data18 % 1) && !isNaN(data18)) && isFinite(data18))) {
      let dataType18 = typeof data18;
      let coerced18 = void 0;
      if (!(coerced18 !== void 0)) {
        if (dataType18 === "boolean" || data18 === null || dataType18 === "string" && data18 && data18 == +data18 && !(data18 % 1)) {
          coerced18 = +data18;
        } else {
          const err61 = { instancePath: instancePath + "/MAIL_REFUSED_FIRST_MS", schemaPath: "#/properties/MAIL_REFUSED_FIRST_MS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err61];
          } else {
            vErrors.push(err61);
          }
          errors++;
        }
      }
      if (coerced18 !== void 0) {
        data18 = coerced18;
        if (data !== void 0) {
          data["MAIL_REFUSED_FIRST_MS"] = coerced18;
        }
      }
    }
    if (typeof data18 == "number" && isFinite(data18)) {
      if (data18 > 864e5 || isNaN(data18)) {
        const err62 = { instancePath: instancePath + "/MAIL_REFUSED_FIRST_MS", schemaPath: "#/properties/MAIL_REFUSED_FIRST_MS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" };
        if (vErrors === null) {
          vErrors = [err62];
        } else {
          vErrors.push(err62);
        }
        errors++;
      }
      if (data18 < 100 || isNaN(data18)) {
        const err63 = { instancePath: instancePath + "/MAIL_REFUSED_FIRST_MS", schemaPath: "#/properties/MAIL_REFUSED_FIRST_MS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" };
        if (vErrors === null) {
          vErrors = [err63];
        } else {
          vErrors.push(err63);
        }
        errors++;
      }
    }
    let data19 = data.MAIL_REFUSED_LONGEST_MS;
    if (!(typeof data19 == "number" && (!(data19 % 1) && !isNaN(data19)) && isFinite(data19))) {
      let dataType19 = typeof data19;
      let coerced19 = void 0;
      if (!(coerced19 !== void 0)) {
        if (dataType19 === "boolean" || data19 === null || dataType19 === "string" && data19 && data19 == +data19 && !(data19 % 1)) {
          coerced19 = +data19;
        } else {
          const err64 = { instancePath: instancePath + "/MAIL_REFUSED_LONGEST_MS", schemaPath: "#/properties/MAIL_REFUSED_LONGEST_MS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err64];
          } else {
            vErrors.push(err64);
          }
          errors++;
        }
      }
      if (coerced19 !== void 0) {
        data19 = coerced19;
        if (data !== void 0) {
          data["MAIL_REFUSED_LONGEST_MS"] = coerced19;
        }
      }
    }
    if (typeof data19 == "number" && isFinite(data19)) {
      if (data19 > 864e5 || isNaN(data19)) {
        const err65 = { instancePath: instancePath + "/MAIL_REFUSED_LONGEST_MS", schemaPath: "#/properties/MAIL_REFUSED_LONGEST_MS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" };
        if (vErrors === null) {
          vErrors = [err65];
        } else {
          vErrors.push(err65);
        }
        errors++;
      }
      if (data19 < 100 || isNaN(data19)) {
        const err66 = { instancePath: instancePath + "/MAIL_REFUSED_LONGEST_MS", schemaPath: "#/properties/MAIL_REFUSED_LONGEST_MS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" };
        if (vErrors === null) {
          vErrors = [err66];
        } else {
          vErrors.push(err66);
        }
        errors++;
      }
    }
    let data20 = data.RELAY_MAX_REPUBLISH;
    if (!(typeof data20 == "number" && (!(data20 % 1) && !isNaN(data20)) && isFinite(data20))) {
      let dataType20 = typeof data20;
      let coerced20 = void 0;
      if (!(coerced20 !== void 0)) {
        if (dataType20 === "boolean" || data20 === null || dataType20 === "string" && data20 && data20 == +data20 && !(data20 % 1)) {
          coerced20 = +data20;
        } else {
          const err67 = { instancePath: instancePath + "/RELAY_MAX_REPUBLISH", schemaPath: "#/properties/RELAY_MAX_REPUBLISH/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err67];
          } else {
            vErrors.push(err67);
          }
          errors++;
        }
      }
      if (coerced20 !== void 0) {
        data20 = coerced20;
        if (data !== void 0) {
          data["RELAY_MAX_REPUBLISH"] = coerced20;
        }
      }
    }
    if (typeof data20 == "number" && isFinite(data20)) {
      if (data20 > 1e5 || isNaN(data20)) {
        const err68 = { instancePath: instancePath + "/RELAY_MAX_REPUBLISH", schemaPath: "#/properties/RELAY_MAX_REPUBLISH/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e5 }, message: "must be <= 100000" };
        if (vErrors === null) {
          vErrors = [err68];
        } else {
          vErrors.push(err68);
        }
        errors++;
      }
      if (data20 < 1 || isNaN(data20)) {
        const err69 = { instancePath: instancePath + "/RELAY_MAX_REPUBLISH", schemaPath: "#/properties/RELAY_MAX_REPUBLISH/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
        if (vErrors === null) {
          vErrors = [err69];
        } else {
          vErrors.push(err69);
        }
        errors++;
      }
    }
    let data21 = data.RELAY_REPUBLISH_FIRST_MS;
    if (!(typeof data21 == "number" && (!(data21 % 1) && !isNaN(data21)) && isFinite(data21))) {
      let dataType21 = typeof data21;
      let coerced21 = void 0;
      if (!(coerced21 !== void 0)) {
        if (dataType21 === "boolean" || data21 === null || dataType21 === "string" && data21 && data21 == +data21 && !(data21 % 1)) {
          coerced21 = +data21;
        } else {
          const err70 = { instancePath: instancePath + "/RELAY_REPUBLISH_FIRST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_FIRST_MS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err70];
          } else {
            vErrors.push(err70);
          }
          errors++;
        }
      }
      if (coerced21 !== void 0) {
        data21 = coerced21;
        if (data !== void 0) {
          data["RELAY_REPUBLISH_FIRST_MS"] = coerced21;
        }
      }
    }
    if (typeof data21 == "number" && isFinite(data21)) {
      if (data21 > 864e5 || isNaN(data21)) {
        const err71 = { instancePath: instancePath + "/RELAY_REPUBLISH_FIRST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_FIRST_MS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" };
        if (vErrors === null) {
          vErrors = [err71];
        } else {
          vErrors.push(err71);
        }
        errors++;
      }
      if (data21 < 100 || isNaN(data21)) {
        const err72 = { instancePath: instancePath + "/RELAY_REPUBLISH_FIRST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_FIRST_MS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" };
        if (vErrors === null) {
          vErrors = [err72];
        } else {
          vErrors.push(err72);
        }
        errors++;
      }
    }
    let data22 = data.RELAY_REPUBLISH_LONGEST_MS;
    if (!(typeof data22 == "number" && (!(data22 % 1) && !isNaN(data22)) && isFinite(data22))) {
      let dataType22 = typeof data22;
      let coerced22 = void 0;
      if (!(coerced22 !== void 0)) {
        if (dataType22 === "boolean" || data22 === null || dataType22 === "string" && data22 && data22 == +data22 && !(data22 % 1)) {
          coerced22 = +data22;
        } else {
          const err73 = { instancePath: instancePath + "/RELAY_REPUBLISH_LONGEST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_LONGEST_MS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err73];
          } else {
            vErrors.push(err73);
          }
          errors++;
        }
      }
      if (coerced22 !== void 0) {
        data22 = coerced22;
        if (data !== void 0) {
          data["RELAY_REPUBLISH_LONGEST_MS"] = coerced22;
        }
      }
    }
    if (typeof data22 == "number" && isFinite(data22)) {
      if (data22 > 864e5 || isNaN(data22)) {
        const err74 = { instancePath: instancePath + "/RELAY_REPUBLISH_LONGEST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_LONGEST_MS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" };
        if (vErrors === null) {
          vErrors = [err74];
        } else {
          vErrors.push(err74);
        }
        errors++;
      }
      if (data22 < 100 || isNaN(data22)) {
        const err75 = { instancePath: instancePath + "/RELAY_REPUBLISH_LONGEST_MS", schemaPath: "#/properties/RELAY_REPUBLISH_LONGEST_MS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" };
        if (vErrors === null) {
          vErrors = [err75];
        } else {
          vErrors.push(err75);
        }
        errors++;
      }
    }
    let data23 = data.EVENT_KEEP_DAYS;
    if (!(typeof data23 == "number" && (!(data23 % 1) && !isNaN(data23)) && isFinite(data23))) {
      let dataType23 = typeof data23;
      let coerced23 = void 0;
      if (!(coerced23 !== void 0)) {
        if (dataType23 === "boolean" || data23 === null || dataType23 === "string" && data23 && data23 == +data23 && !(data23 % 1)) {
          coerced23 = +data23;
        } else {
          const err76 = { instancePath: instancePath + "/EVENT_KEEP_DAYS", schemaPath: "#/properties/EVENT_KEEP_DAYS/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
          if (vErrors === null) {
            vErrors = [err76];
          } else {
            vErrors.push(err76);
          }
          errors++;
        }
      }
      if (coerced23 !== void 0) {
        data23 = coerced23;
        if (data !== void 0) {
          data["EVENT_KEEP_DAYS"] = coerced23;
        }
      }
    }
    if (typeof data23 == "number" && isFinite(data23)) {
      if (data23 > 3650 || isNaN(data23)) {
        const err77 = { instancePath: instancePath + "/EVENT_KEEP_DAYS", schemaPath: "#/properties/EVENT_KEEP_DAYS/maximum", keyword: "maximum", params: { comparison: "<=", limit: 3650 }, message: "must be <= 3650" };
        if (vErrors === null) {
          vErrors = [err77];
        } else {
          vErrors.push(err77);
        }
        errors++;
      }
      if (data23 < 8 || isNaN(data23)) {
        const err78 = { instancePath: instancePath + "/EVENT_KEEP_DAYS", schemaPath: "#/properties/EVENT_KEEP_DAYS/minimum", keyword: "minimum", params: { comparison: ">=", limit: 8 }, message: "must be >= 8" };
        if (vErrors === null) {
          vErrors = [err78];
        } else {
          vErrors.push(err78);
        }
        errors++;
      }
    }
  } else {
    const err79 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err79];
    } else {
      vErrors.push(err79);
    }
    errors++;
  }
  validate20.errors = vErrors;
  return errors === 0;
}
validate20.evaluated = { "props": { "STAGE": true, "USERS_DATABASE_URL": true, "NOTIFICATIONS_DATABASE_URL": true, "REDIS_URL": true, "KAFKA_BROKERS": true, "SMTP_URL": true, "USERS_BASE_URL": true, "HTTP_PORT": true, "MAIL_FROM": true, "OPERATOR_TOKEN": true, "TOPIC_PREFIX": true, "KAFKA_REPLICATION_FACTOR": true, "KAFKA_MIN_INSYNC_REPLICAS": true, "DATABASE_POOL_SIZE": true, "SMTP_CONNECTIONS": true, "PASSWORD_HASH_MEMORY_KIB": true, "PASSWORD_HASH_PASSES": true, "MAIL_RETRY_HOURS": true, "MAIL_REFUSED_FIRST_MS": true, "MAIL_REFUSED_LONGEST_MS": true, "RELAY_MAX_REPUBLISH": true, "RELAY_REPUBLISH_FIRST_MS": true, "RELAY_REPUBLISH_LONGEST_MS": true, "EVENT_KEEP_DAYS": true }, "dynamicProps": false, "dynamicItems": false };
var messages = {};
export {
  stdin_default as default,
  messages,
  validate
};
